package import Logging
import Synchronization

/// Hears `NOTIFY` over a connection of its own.
///
/// To notify is a statement, `SELECT pg_notify(channel, payload)`: sent when its transaction commits; payloads have
/// less than 8000 bytes.
package enum PostgreSQLListener {
    /// The events of channels until the reader ends. Connects by itself, again and again while the server cannot be
    /// reached.
    ///
    /// - Parameter limit: Events that wait to be read; what comes above that is lost, and the reader is told so.
    package static func events(
        of channels: [String], in target: PostgreSQLTarget, options: PostgreSQLOptions = PostgreSQLOptions(),
        limit: Int = 1024, logger: Logger
    ) -> AsyncStream<PostgreSQLEvent> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: PostgreSQLEvent.self, bufferingPolicy: .bufferingOldest(max(1, limit)))
        guard let wakeup = Wakeup() else {
            logger.error("No listener for PostgreSQL: out of file descriptors")
            continuation.finish()
            return stream
        }
        let thread = ListenerThread(
            channels: channels, target: target, options: options, logger: logger, wakeup: wakeup)
        continuation.onTermination = { _ in thread.stop() }
        let hasStarted = NamedThread.start("postgres-listen") {
            thread.run(EventBuffer(continuation))
            continuation.finish()
        }
        if !hasStarted {
            logger.error("No listener for PostgreSQL: the system gives no more threads")
            continuation.finish()
        }
        return stream
    }
}
