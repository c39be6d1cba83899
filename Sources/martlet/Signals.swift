@preconcurrency import Dispatch
import Foundation

/// Signals as events. Their default action is switched off.
enum Signals {
    /// Load policies again.
    static let reload = SIGHUP

    /// SIGTERM and SIGINT end the program in order.
    static func untilTermination() async {
        for await _ in events([SIGTERM, SIGINT]) { return }
    }

    /// One element per signal received.
    static func events(_ numbers: [Int32]) -> AsyncStream<Int32> {
        AsyncStream { continuation in
            let sources = numbers.map { number in
                signal(number, SIG_IGN)
                let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
                source.setEventHandler { continuation.yield(number) }
                source.activate()
                return source
            }
            continuation.onTermination = { _ in
                for source in sources { source.cancel() }
            }
        }
    }
}
