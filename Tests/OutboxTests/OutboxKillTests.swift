import Foundation
import Glibc
import Testing

@testable import Outbox

/// Real processes that really die.
@Suite struct OutboxKillTests {
    @Test(arguments: [1, 3, 500, 5_000])
    func killedByASignal(_ count: Int) async throws {
        try await TemporaryDirectory.run { directory in
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [count = count as Int, directory = directory as String] in
                let outbox = try Outbox.open(TestBench.options(directory, lanes: 2, segments: 4_000))
                for number in 0..<count {
                    let lane = outbox.lanes[number % 2]
                    while !lane.append(Sample.record(number, bytes: 100)).isAppended { await outbox.flush() }
                }
                kill(getpid(), SIGKILL)
            }
            let found = try await TestBench.contents(TestBench.options(directory, lanes: 2, segments: 4_000))
            #expect(Set(found) == Set(Sample.records(0..<count, bytes: 100)))
            #expect(found.count == count)
        }
    }

    /// In the middle of a record: that one is gone, no other.
    @Test func killedWhileWriting() async throws {
        try await TemporaryDirectory.run { directory in
            await #expect(processExitsWith: .signal(SIGKILL)) { [directory = directory as String] in
                let outbox = try Outbox.open(TestBench.options(directory))
                outbox.lanes[0].append(all: Sample.records(0..<10))
                _ = outbox.lanes[0].append(count: 200) { buffer in
                    for index in 0..<100 { buffer[index] = 0xAA }
                    kill(getpid(), SIGKILL)
                    return 200
                }
            }
            try await TestBench.run(TestBench.options(directory)) { outbox in
                #expect(outbox.recovery.records == 10)
                #expect(outbox.recovery.tornBytes == 16 + 100)
                #expect(outbox.makeReader().readAll() == Sample.records(0..<10))
            }
        }
    }

    @Test func oneProcessAtATime() async throws {
        try await TemporaryDirectory.run { directory in
            let options = TestBench.options(directory)
            try await TestBench.run(options) { outbox in
                outbox.lanes[0].append([1])
                await #expect(processExitsWith: .exitCode(42)) { [directory = directory as String] in
                    do {
                        _ = try Outbox.open(TestBench.options(directory))
                    } catch OutboxError.locked(_, let process) {
                        exit(process.map { Int32($0) } == getppid() ? 42 : 43)
                    }
                }
                #expect { try Outbox.open(options) } throws: { error in
                    guard case OutboxError.locked(options.directory, Int(getpid())) = error else { return false }
                    return "\(error)".contains("is in use by process \(getpid())")
                }
                // The one who has it is not disturbed.
                #expect(outbox.lanes[0].append([2]).isAppended)
            }
            #expect(try await TestBench.contents(options) == [[1], [2]])
        }
    }
}
