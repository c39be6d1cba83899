import Logging
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The thread behind a stream of events.
final class ListenerThread: Sendable {
    private let channels: [String]
    private let target: PostgreSQLTarget
    private let options: PostgreSQLOptions
    private let logger: Logger
    private let wakeup: Wakeup
    private let isStopped = Atomic(false)

    init(
        channels: [String], target: PostgreSQLTarget, options: PostgreSQLOptions, logger: Logger, wakeup: Wakeup
    ) {
        self.channels = channels
        self.target = target
        self.options = options
        self.logger = logger
        self.wakeup = wakeup
    }

    func stop() {
        isStopped.store(true, ordering: .releasing)
        wakeup.wake()
    }

    func run(_ events: EventBuffer) {
        var events = events
        var backoff = ReconnectBackoff(first: options.firstBackoffMilliseconds, last: options.lastBackoffMilliseconds)
        var random = SystemRandomNumberGenerator()
        var hasListened = false
        var isOut = false
        while !isStopped.load(ordering: .acquiring) {
            do throws(PostgreSQLFailure) {
                let session = try PostgreSQLSession.open(target, options: options)
                try session.exchange(channels.map { .plain("LISTEN \(Self.quoted($0))") }, until: session.deadline())
                events.add(hasListened ? .reconnected : .listening)
                if isOut { logger.notice("PostgreSQL is listened to again") }
                (hasListened, isOut) = (true, false)
                backoff.reset()
                try listen(session, &events)
            } catch {
                if !isOut {
                    logger.error("PostgreSQL is not listened to", metadata: ["reason": "\(error.message)"])
                    isOut = true
                }
                let deadline = ContinuousClock.now + backoff.next(using: &random)
                _ = Sleep.wait([(wakeup.descriptor, Int32(POLLIN))], until: deadline)
            }
        }
    }

    /// Returns when stopped; throws when the connection is lost.
    private func listen(_ session: PostgreSQLSession, _ events: inout EventBuffer) throws(PostgreSQLFailure) {
        let interval = Duration.milliseconds(max(1, options.listenerCheckMilliseconds))
        while true {
            while let (channel, payload) = session.nextNotification() {
                events.add(.notification(channel: channel, payload: payload))
            }
            let interests = [(wakeup.descriptor, Int32(POLLIN)), (session.socket, Int32(POLLIN))]
            let ready = Sleep.wait(interests, until: .now + interval)
            if isStopped.load(ordering: .acquiring) { return }
            if ready == nil {
                // A server or a network that is silent for ever looks like one that has nothing to say.
                try session.exchange([.plain("SELECT 1")], until: .now + interval)
            } else if !session.hear() {
                throw PostgreSQLFailure(cause: .lost, message: "the server ended the connection")
            }
        }
    }

    private static func quoted(_ channel: String) -> String {
        "\"" + channel.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
