import Dialects
import Gateway
import Logging
import NIOCore
import NIOHTTP1

/// Answers given before a request reached its handler, after which the connection closes.
extension ConnectionHandler {
    func rejectTooLarge(_ request: RequestInProgress) {
        reject(
            request,
            WireError(
                status: 413, type: "invalid_request_error", code: "request_too_large",
                message: "The request body is larger than the limit of \(configuration.bodyLimit) bytes."))
    }

    func reject(_ request: RequestInProgress?, _ error: WireError) {
        queue.removeAll()
        closeAfterResponse = true
        let body = error.encoded()
        let isHead = request?.head.method == .HEAD
        writeWhole(
            status: HTTPResponseStatus(statusCode: error.status), headers: ["content-type": "application/json"],
            body: isHead ? [] : body, length: body.count)
        linger()
    }

    /// What the parser refuses has no request to belong to; the client still learns why.
    func rejectUnparsable(_ error: HTTPParserError) {
        switch phase {
        case .idle, .reading: break
        case .responding:
            // Garbage behind a request that is being answered: answer, then close.
            closeAfterResponse = true
            return
        case .lingering: return close()
        case .closed: return
        }
        requestVersion = .http1_1
        switch error {
        case .headerOverflow:
            reject(
                nil,
                WireError(
                    status: 431, type: "invalid_request_error", code: "headers_too_large",
                    message: "The request's headers are larger than \(configuration.headerListLimit) bytes in all, "
                        + "\(configuration.headerFieldLimit) bytes in one or \(configuration.headerCountLimit) in number."
                ))
        case .closedConnection, .invalidEOFState:
            close()
        default:
            reject(nil, .invalidRequest("This is not a well-formed HTTP/1.1 request (\(error))."))
        }
    }

    /// Closing with unread bytes in the socket makes the kernel send a reset, which can destroy the answer on its
    /// way: close our side, swallow theirs for a moment.
    private func linger() {
        phase = .lingering
        lingerUntil = .now() + configuration.lingerDeadline
        context?.close(mode: .output, promise: nil)
        context?.read()
    }
}
