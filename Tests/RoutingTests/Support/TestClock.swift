import Synchronization

/// Milliseconds that only move when a test moves them.
final class TestClock: Sendable {
    private let time: Atomic<Int>

    init(_ start: Int = 1_000_000) {
        time = Atomic(start)
    }

    var now: Int { time.load(ordering: .relaxed) }
    var read: @Sendable () -> Int { { self.now } }
    func advance(_ milliseconds: Int) { time.add(milliseconds, ordering: .relaxed) }
}

/// Makes the random part of every probe interval (1, 2 and 4 seconds) as long as it can be.
let longestJitter: UInt64 = 501 * 1001 * 2001 - 1
