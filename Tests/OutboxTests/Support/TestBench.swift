import Outbox
import Synchronization

@testable import Outbox

/// Small segments, a clock by hand, no disk but when asked.
enum TestBench {
    static let segmentBytes = 4096

    static func options(
        _ directory: String, lanes: Int = 1, segments: Int = 64, sync: OutboxSync = .off, clock: TestClock = TestClock()
    ) -> OutboxOptions {
        var options = OutboxOptions(directory: directory + "/outbox", lanes: lanes)
        options.segmentBytes = segmentBytes
        options.maxBytes = segments * segmentBytes
        options.sync = sync
        options.clock = clock.read
        return options
    }

    /// Opens, closes afterwards whatever happens.
    @discardableResult
    static func run<Result>(
        _ options: OutboxOptions, system: OutboxSystem = OutboxSystem(), _ body: (Outbox) async throws -> Result
    ) async throws -> Result {
        let outbox = try Outbox.open(options, system: system)
        do {
            let result = try await body(outbox)
            await close(outbox)
            return result
        } catch {
            await close(outbox)
            throw error
        }
    }

    static func close(_ outbox: Outbox) async {
        for lane in outbox.lanes { lane.close() }
        await outbox.close()
    }

    /// What the next process finds in a directory.
    static func contents(_ options: OutboxOptions) async throws -> [[UInt8]] {
        try await run(options) { $0.makeReader().readAll() }
    }
}

final class TestClock: Sendable {
    private let milliseconds: Atomic<Int>

    init(_ start: Int = 1_000_000) {
        milliseconds = Atomic(start)
    }

    var now: Int { milliseconds.load(ordering: .relaxed) }
    var read: @Sendable () -> Int { { self.now } }

    func advance(_ delta: Int) {
        milliseconds.wrappingAdd(delta, ordering: .relaxed)
    }
}
