import Dispatch

/// Holds a transaction's body, which runs on a thread that may block, until the test lets it go.
final class Block: Sendable {
    private let reached = Gate()
    private let released = DispatchSemaphore(value: 0)

    /// To be called in the body.
    func hold() {
        reached.open()
        _ = released.wait(timeout: .now() + 60)
    }

    /// Returns when the body has come to ``hold()``.
    func isHeld() async { await reached.opened() }

    func release() { released.signal() }
}
