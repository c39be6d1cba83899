import Dialects
import Gateway
import Logging
import NIOCore
import NIOHTTP1

extension ConnectionHandler {
    /// Called once per sweep for every connection of the loop.
    func checkDeadlines(now: NIODeadline) {
        guard !isStalled(now: now) else {
            logger.debug("client stopped reading its answer, closing")
            return close()
        }
        switch phase {
        case .idle where pendingOutput > 0:
            // Still taking its answer: not idle.
            idleSince = now
        case .idle:
            if let headStartedAt, now - headStartedAt >= configuration.headDeadline {
                requestVersion = .http1_1
                rejectTooSlow("head", after: configuration.headDeadline)
            } else if headStartedAt == nil, now - idleSince >= configuration.idleTimeout {
                close()
            }
        case .reading(let request):
            if now >= request.bodyDeadline { rejectTooSlow("body", after: configuration.bodyStallDeadline) }
        case .responding(let exchange):
            exchange.sendKeepAliveComment(now: now, after: configuration.keepAliveInterval)
        case .lingering:
            if let lingerUntil, now >= lingerUntil { close() }
        case .closing, .closed:
            break
        }
    }

    /// Whether the client has taken nothing of what was written to it for too long.
    private func isStalled(now: NIODeadline) -> Bool {
        let pending = (try? context?.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
        if pending == 0 || pending != pendingOutput { progressAt = now }
        pendingOutput = pending
        return now - progressAt >= configuration.writeStallDeadline
    }

    private func rejectTooSlow(_ part: String, after deadline: TimeAmount) {
        reject(
            nil,
            WireError(
                status: 408, type: "invalid_request_error", code: "request_timeout",
                message: "The request's \(part) made no progress for \(deadline.nanoseconds / 1_000_000_000) seconds."))
    }
}
