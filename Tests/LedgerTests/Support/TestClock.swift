import Storage
import Synchronization

/// A clock that moves only when told to.
final class TestClock: Sendable {
    private let time: Mutex<Timestamp>

    init(_ time: Timestamp = .noon) {
        self.time = Mutex(time)
    }

    var now: Timestamp {
        get { time.withLock { $0 } }
        set { time.withLock { $0 = newValue } }
    }

    var clock: WallClock {
        { self.now }
    }
}

extension Timestamp {
    /// 2026-03-01T12:00:00Z, a Sunday's noon.
    static let noon = Timestamp(seconds: 1_772_366_400)

    static func noon(plus seconds: Int) -> Timestamp { noon.adding(milliseconds: seconds * 1000) }
}
