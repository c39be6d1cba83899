@preconcurrency import Dispatch
import Foundation

/// Signals as events. Their default action is switched off.
enum Signals {
    /// Load policies again.
    static let reload = SIGHUP

    /// SIGTERM and SIGINT end the program in order.
    static let termination = [SIGTERM, SIGINT]

    static func untilTermination() async {
        for await _ in events(termination) { return }
    }

    /// One element per signal received from the moment of the call, whether or not anybody waits yet.
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
