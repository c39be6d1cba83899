import Synchronization

/// A clock that stands still until it is moved. Milliseconds since 1970.
final class TestClock: Sendable {
    /// 2025-06-11 12:00:00 UTC, a Wednesday; the beginning of a second, a minute and an hour.
    static let noon = 1_749_643_200_000

    private let time: Atomic<Int>

    init(_ start: Int = noon) {
        time = Atomic(start)
    }

    var now: Int { time.load(ordering: .sequentiallyConsistent) }

    var read: @Sendable () -> Int { { self.now } }

    func advance(_ milliseconds: Int) {
        time.add(milliseconds, ordering: .sequentiallyConsistent)
    }

    func set(_ milliseconds: Int) {
        time.store(milliseconds, ordering: .sequentiallyConsistent)
    }
}
