import Foundation
import Testing

@testable import Outbox

@Suite struct OutboxRecoveryTests {
    /// The file of a segment with a few records, and where they end.
    private static func written(_ directory: String) async throws -> (file: Data, records: [[UInt8]], ends: [Int]) {
        let options = TestBench.options(directory)
        let records = [40, 0, 13, 90, 8].enumerated().map { Array(Sample.record($0, bytes: $1).prefix($1)) }
        var ends: [Int] = []
        try await TestBench.run(options) { outbox in
            for record in records {
                let end = outbox.lanes[0].append(record).ticket?.end.offset ?? 0
                ends.append(end)
            }
        }
        let names = TemporaryDirectory.segments(options.directory)
        let path = options.directory + "/" + (try #require(names.first))
        return (try Data(contentsOf: URL(fileURLWithPath: path)), records, ends)
    }

    private static func place(_ file: Data, in directory: String, name: String = "0000000000000001-00.segment") throws {
        try FileManager.default.createDirectory(atPath: directory + "/outbox", withIntermediateDirectories: true)
        try file.write(to: URL(fileURLWithPath: directory + "/outbox/" + name))
    }

    @Test func aClosedSegmentHasNoSlack() async throws {
        try await TemporaryDirectory.run { directory in
            let written = try await Self.written(directory)
            #expect(written.file.count == written.ends.last)
        }
    }

    @Test func cutAtEveryByte() async throws {
        try await TemporaryDirectory.run { directory in
            let written = try await Self.written(directory)
            for cut in 0...written.file.count {
                let place = directory + "/\(cut)"
                try Self.place(written.file.prefix(cut), in: place)
                // The record is whole without its padding.
                let whole = zip(written.ends, written.records).prefix { ($0 - 7 + ($1.count + 7) % 8) <= cut }.map(\.1)
                try await TestBench.run(TestBench.options(place)) { outbox in
                    #expect(outbox.makeReader().readAll() == whole, "cut at \(cut)")
                    #expect(outbox.recovery.records == whole.count)
                    #expect(outbox.figures.records == whole.count)
                    // New records are not behind the torn one, but in a segment of their own.
                    outbox.lanes[0].append([1])
                    #expect(outbox.makeReader().readAll() == whole + [[1]])
                }
                if cut % 20 == 0 {
                    #expect(try await TestBench.contents(TestBench.options(place)) == whole + [[1]])
                }
                TemporaryDirectory.remove(place)
            }
        }
    }

    @Test func tornTailsAreCut() async throws {
        try await TemporaryDirectory.run { directory in
            let written = try await Self.written(directory)
            var torn = written.file
            torn.append(contentsOf: [40, 0, 0, 0, 1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0, 9, 9])
            torn.append(Data(count: 1000))
            let place = directory + "/torn"
            try Self.place(torn, in: place)
            try await TestBench.run(TestBench.options(place)) { outbox in
                #expect(outbox.recovery.tornBytes == 18)
                let path = place + "/outbox/0000000000000001-00.segment"
                let left = try Data(contentsOf: URL(fileURLWithPath: path))
                #expect(left == written.file)
            }
        }
    }

    @Test(arguments: UInt64(0)..<60)
    func flippedBits(_ seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        try await TemporaryDirectory.run { directory in
            let written = try await Self.written(directory)
            var file = written.file
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let bit = Int.random(in: 0..<(file.count * 8), using: &random)
                file[bit / 8] ^= 1 << UInt8(bit % 8)
            }
            let place = directory + "/flipped"
            try Self.place(file, in: place)
            try await TestBench.run(TestBench.options(place)) { outbox in
                let found = outbox.makeReader().readAll()
                #expect(found == written.records.filter(found.contains))
                #expect(outbox.recovery.records == found.count)
            }
        }
    }

    /// A record damaged in the middle costs itself; those behind it stay, and the segment goes when they are applied.
    @Test func damageInTheMiddle() async throws {
        try await TemporaryDirectory.run { directory in
            let written = try await Self.written(directory)
            var file = written.file
            file[written.ends[2] + 30] ^= 4
            let place = directory + "/damaged"
            try Self.place(file, in: place)
            let options = TestBench.options(place)
            try await TestBench.run(options) { outbox in
                #expect(outbox.recovery.damagedBytes == written.ends[3] - written.ends[2])
                let reader = outbox.makeReader()
                var damaged = 0
                var count = 0
                while true {
                    let batch = reader.read(maxRecords: 2) { _ in count += 1 }
                    damaged += batch.damagedBytes
                    if batch.isEmpty { break }
                    reader.confirm()
                }
                #expect(count == written.records.count - 1)
                #expect(damaged == outbox.recovery.damagedBytes)
                #expect(outbox.figures.records == 0)
            }
            #expect(TemporaryDirectory.segments(options.directory).isEmpty)
        }
    }

    /// At any moment of heavy appending, what the kernel has is what was appended before.
    @Test func copiedWhileAppending() async throws {
        try await TemporaryDirectory.run { directory in
            let options = TestBench.options(directory, lanes: 2, segments: 200)
            try await TestBench.run(options) { outbox in
                for round in 0..<12 {
                    let known = outbox.figures.records
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for lane in outbox.lanes {
                            group.addTask {
                                for number in (round * 150)..<(round * 150 + 150) {
                                    let record = [UInt8(lane.index)] + Sample.record(number, bytes: number % 200)
                                    while !lane.append(record).isAppended { await Task.yield() }
                                }
                            }
                        }
                        group.addTask {
                            try TemporaryDirectory.copy(options.directory, to: directory + "/\(round)/outbox")
                        }
                        try await group.waitForAll()
                    }
                    let found = try await TestBench.contents(
                        TestBench.options(directory + "/\(round)", lanes: 2, segments: 400))
                    #expect(found.count >= known)
                    for lane in 0...1 {
                        let own = found.filter { $0[0] == UInt8(lane) }.map { Array($0.dropFirst()) }
                        #expect(own == (0..<own.count).map { Sample.record($0, bytes: $0 % 200) })
                    }
                    TemporaryDirectory.remove(directory + "/\(round)")
                }
            }
        }
    }

    @Test func otherFilesAreLeftAlone() async throws {
        try await TemporaryDirectory.run { directory in
            let written = try await Self.written(directory)
            var newer = written.file
            newer[7] = UInt8(ascii: "9")
            newer[39] = UInt8(ascii: "9")
            let place = directory + "/mixed"
            try Self.place(newer, in: place, name: "0000000000000005-00.segment")
            try Self.place(Data("notes".utf8), in: place, name: "notes.txt")
            try Self.place(Data("x".utf8), in: place, name: "0000000000000006-00.segment")
            try Self.place(Data(count: 4096), in: place, name: "0000000000000007-00.segment")
            try Self.place(Data(), in: place, name: "0000000000000008-00.segment")
            try FileManager.default.createDirectory(
                atPath: place + "/outbox/0000000000000009-00.segment", withIntermediateDirectories: false)
            try Self.place(written.file, in: place, name: "0000000000000010-07.segment")
            try await TestBench.run(TestBench.options(place)) { outbox in
                #expect(outbox.recovery.foreign == [5, 6, 9].map { SegmentName(sequence: $0, lane: 0).file })
                #expect(outbox.recovery.segments == 1)
                #expect(outbox.recovery.unreadable.isEmpty)
                #expect(outbox.makeReader().readAll() == written.records)
                // Their numbers are not used again.
                #expect((outbox.lanes[0].append([1]).ticket?.end.sequence ?? 0) > 10)
            }
            let left = try FileManager.default.contentsOfDirectory(atPath: place + "/outbox").sorted()
            #expect(left.contains("notes.txt") && left.contains("0000000000000005-00.segment"))
            #expect(!left.contains("0000000000000007-00.segment") && !left.contains("0000000000000008-00.segment"))
        }
    }

    @Test func aFileThatVanishesIsReportedOnce() async throws {
        try await TemporaryDirectory.run { directory in
            let options = TestBench.options(directory)
            for number in 0..<3 { try await TestBench.run(options) { $0.lanes[0].append([UInt8(number)]) } }
            try await TestBench.run(options) { outbox in
                let names = TemporaryDirectory.segments(options.directory)
                try FileManager.default.removeItem(atPath: options.directory + "/" + names[0])
                let handle = try #require(FileHandle(forWritingAtPath: options.directory + "/" + names[1]))
                try handle.truncate(atOffset: 70)
                try handle.close()
                let reader = outbox.makeReader()
                #expect(reader.readSome(9) == [[2]])
                #expect(outbox.figures.troubles.reading?.label == "vanished")
                reader.confirm()
                #expect(reader.readSome(9).isEmpty)
                #expect(outbox.figures.troubles.reading == nil)
                #expect(outbox.figures.records == 0)
            }
        }
    }
}
