import Storage
import Synchronization

/// A clock that moves only when told to. Starts at a round moment in 2026.
final class TestClock: Sendable {
    static let start = Timestamp(seconds: 1_780_000_000)

    private let time = Mutex(TestClock.start)

    var now: Timestamp { time.withLock { $0 } }

    var clock: WallClock {
        { self.now }
    }

    func advance(seconds: Int) {
        advance(milliseconds: seconds * 1000)
    }

    func advance(milliseconds: Int) {
        time.withLock { $0 = $0.adding(milliseconds: milliseconds) }
    }
}
