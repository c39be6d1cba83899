import Foundation
import Glibc
import Synchronization
import Testing

@testable import Outbox

@Suite struct OutboxFaultTests {
    @Test func atTheBound() async throws {
        try await TemporaryDirectory.run { directory in
            let options = TestBench.options(directory, segments: 4)
            try await TestBench.run(options) { outbox in
                let lane = outbox.lanes[0]
                var count = 0
                var sawLow = false
                // With the next segment ready wherever there can be one.
                while lane.append(Sample.record(count, bytes: 500)).isAppended {
                    count += 1
                    await outbox.flush()
                    sawLow = sawLow || lane.isRunningLow
                }
                #expect(count >= 4 * 7 && count <= 4 * 8)
                #expect(sawLow, "warned before it was full")
                #expect(lane.isFull)
                let full = outbox.figures
                #expect(full.isFull && full.isRunningLow)
                #expect(full.refused > 0)
                #expect(full.fileBytes <= full.maxBytes)
                #expect(full.troubles.preparing == .atBound(bytes: options.maxBytes))
                // Nothing is lost by being full, and being emptied is enough to go on.
                let reader = outbox.makeReader()
                #expect(reader.readAll() == Sample.records(0..<count, bytes: 500))
                reader.confirm()
                await outbox.flush()
                #expect(!lane.isFull && !lane.isRunningLow)
                #expect(outbox.figures.troubles == OutboxTroubles())
                #expect(lane.append([1]).isAppended)
                #expect(reader.readAll() == [[1]])
            }
        }
    }

    /// What is too long for the rest of a segment is refused; what fits is still taken.
    @Test func fullForSome() async throws {
        try await TemporaryDirectory.run { directory in
            try await TestBench.run(TestBench.options(directory, segments: 2)) { outbox in
                let lane = outbox.lanes[0]
                await outbox.flush()
                #expect(lane.append([UInt8](repeating: 1, count: 3_000)).isAppended)
                await outbox.flush()
                #expect(lane.append([UInt8](repeating: 2, count: 3_000)).isAppended)
                await outbox.flush()
                #expect(lane.append([UInt8](repeating: 3, count: 3_000)) == .full)
                #expect(lane.append([UInt8](repeating: 4, count: 500)).isAppended)
                #expect(outbox.makeReader().readAll().map(\.count) == [3_000, 3_000, 500])
            }
        }
    }

    @Test(arguments: [ENOSPC, EDQUOT, EIO, EROFS, EMFILE])
    func noNextSegment(_ code: Int32) async throws {
        try await TemporaryDirectory.run { directory in
            let disk = FaultySystem()
            try await TestBench.run(TestBench.options(directory), system: disk.system) { outbox in
                let lane = outbox.lanes[0]
                await outbox.flush()
                lane.append([1])
                await outbox.flush()
                disk.faults.withLock { faults in
                    if code == ENOSPC || code == EDQUOT { faults.reserve = code } else { faults.create = code }
                }
                var count = 1
                while lane.append(Sample.record(count, bytes: 900)).isAppended { count += 1 }
                await outbox.flush()
                #expect(count >= 8)
                #expect(lane.append(Sample.record(0, bytes: 900)) == .full)
                #expect(lane.isRunningLow)
                let trouble = try #require(outbox.figures.troubles.preparing)
                guard case .system(_, _, code) = trouble else {
                    Issue.record("\(trouble)")
                    return
                }
                #expect(outbox.makeReader().readAll().count == count)
                disk.faults.withLock { $0 = FaultySystem.Faults() }
                await outbox.flush()
                #expect(!lane.isRunningLow && !lane.isFull)
                #expect(outbox.figures.troubles.preparing == nil)
                #expect(lane.append(Sample.record(0, bytes: 900)).isAppended)
            }
        }
    }

    /// A failed reservation leaves no file behind.
    @Test func openingOnAFullDisk() async throws {
        try await TemporaryDirectory.run { directory in
            let options = TestBench.options(directory)
            try await TestBench.run(options) { $0.lanes[0].append(all: Sample.records(0..<5)) }
            let disk = FaultySystem()
            disk.faults.withLock { $0.reserve = ENOSPC }
            try await TestBench.run(options, system: disk.system) { outbox in
                #expect(outbox.lanes[0].append([1]) == .full)
                #expect(outbox.figures.isFull && outbox.figures.isRunningLow)
                #expect(outbox.figures.troubles.preparing?.label == "disk_full")
                #expect(outbox.figures.segments == 1)
                let reader = outbox.makeReader()
                #expect(reader.readAll() == Sample.records(0..<5))
                reader.confirm()
                await outbox.flush()
                #expect(outbox.figures.segments == 0)
            }
            #expect(TemporaryDirectory.segments(options.directory).isEmpty)
        }
    }

    @Test func fileSystemsThatCannotReserve() async throws {
        try await TemporaryDirectory.run { directory in
            let disk = FaultySystem()
            disk.faults.withLock { $0.reserve = EOPNOTSUPP }
            let options = TestBench.options(directory)
            try await TestBench.run(options, system: disk.system) { outbox in
                #expect(outbox.lanes[0].append([1]).isAppended)
                #expect(disk.filled.load(ordering: .relaxed) >= 1)
                for name in TemporaryDirectory.segments(options.directory) {
                    var status = stat()
                    #expect(stat(options.directory + "/" + name, &status) == 0)
                    // Blocks of 512 bytes: no holes.
                    #expect(status.st_size == TestBench.segmentBytes && status.st_blocks * 512 >= status.st_size)
                }
            }
        }
    }

    @Test func whatCannotBeDeletedIsTriedAgain() async throws {
        try await TemporaryDirectory.run { directory in
            let options = TestBench.options(directory)
            try await TestBench.run(options) { $0.lanes[0].append([1]) }
            let disk = FaultySystem()
            try await TestBench.run(options, system: disk.system) { outbox in
                disk.faults.withLock { $0.delete = EROFS }
                let reader = outbox.makeReader()
                #expect(reader.readAll() == [[1]])
                reader.confirm()
                await outbox.flush()
                #expect(outbox.figures.troubles.deleting?.label == "read_only")
                #expect(outbox.figures.records == 0)
                #expect(reader.readAll().isEmpty)
                let before = outbox.figures.fileBytes
                disk.faults.withLock { $0.delete = 0 }
                await outbox.flush()
                #expect(outbox.figures.troubles.deleting == nil)
                #expect(outbox.figures.fileBytes < before)
            }
        }
    }

    @Test func directoriesThatCannotBe() async throws {
        try await TemporaryDirectory.run { directory in
            #expect { try Outbox.open(TestBench.options(directory + "/missing")) } throws: { error in
                guard case OutboxError.system(.createDirectory, _, ENOENT) = error else { return false }
                return "\(error)".contains("/missing/outbox")
            }
            try Data().write(to: URL(fileURLWithPath: directory + "/outbox"))
            #expect { try Outbox.open(TestBench.options(directory)) } throws: { error in
                guard case OutboxError.system(.lock, _, ENOTDIR) = error else { return false }
                return true
            }
        }
    }

    @Test func optionsThatMakeNoSense() throws {
        let wrong: [(String, (inout OutboxOptions) -> Void)] = [
            ("lanes must be 1 to 1024", { $0.lanes = 0 }),
            ("lanes must be 1 to 1024", { $0.lanes = .max }),
            ("multiple of 4096", { $0.segmentBytes = 5000 }),
            ("multiple of 4096", { $0.segmentBytes = 1 << 40 }),
            ("maxBytes must be at least 32768", { $0.maxBytes = 32767 }),
            ("1 to 60000 milliseconds", { $0.sync = .interval(milliseconds: 0) }),
            ("must have a name", { $0.directory = "" }),
        ]
        for (message, change) in wrong {
            var options = TestBench.options("nowhere", lanes: 4)
            change(&options)
            #expect { try Outbox.open(options) } throws: { error in
                guard case OutboxError.invalidOptions(let reason) = error else { return false }
                return reason.contains(message)
            }
        }
    }

    /// A real file system that is really full: values, no signal.
    @Test(.enabled(if: geteuid() == 0))
    func aFullFileSystem() async throws {
        try await TemporaryDirectory.run { directory in
            // Not permitted in some containers.
            guard mount("outbox-test", directory, "tmpfs", 0, "size=64k") == 0 else { return }
            defer { umount2(directory, Int32(MNT_DETACH)) }
            try await TestBench.run(TestBench.options(directory, segments: 1_000)) { outbox in
                let lane = outbox.lanes[0]
                var count = 0
                while count < 10_000 {
                    if !lane.append(Sample.record(count, bytes: 300)).isAppended {
                        await outbox.flush()
                        guard lane.append(Sample.record(count, bytes: 300)).isAppended else { break }
                    }
                    count += 1
                }
                #expect((100..<300).contains(count))
                #expect(outbox.figures.troubles.preparing?.label == "disk_full")
                let reader = outbox.makeReader()
                #expect(reader.readAll() == Sample.records(0..<count, bytes: 300))
                reader.confirm()
                await outbox.flush()
                #expect(lane.append([1]).isAppended)
            }
        }
    }
}
