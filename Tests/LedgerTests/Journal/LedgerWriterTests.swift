import Foundation
import Logging
import Outbox
import Storage
import Synchronization
import Testing

@testable import Ledger

@Suite("From the outbox to the database")
struct LedgerWriterTests {
    @Test(arguments: TestDatabase.allCases)
    func everyRecordIsARowOnceHoweverOftenItIsRead(kind: TestDatabase) async throws {
        try await kind.run { database in
            try await withOutbox { outbox in
                let lane = UsageLane(outbox.lanes[0])
                for number in 0..<1200 {
                    guard case .written = lane.append(.sample(number)) else {
                        Issue.record("record \(number) found no room")
                        return
                    }
                }
                let rejects = Rejects()
                let writer = LedgerWriter(
                    outbox: outbox, applier: LedgerApplier(database), logger: .silent, reject: rejects.add)
                #expect(await writer.drain())
                let rows1 = try await database.count("usage")
                #expect(rows1 == 1200)
                // Another reader begins where nothing is confirmed any more.
                #expect(await writer.drain())
                #expect(await writer.applied == 1200)
                let rows2 = try await database.count("usage")
                #expect(rows2 == 1200)
                #expect(rejects.all.isEmpty)
                #expect(lane.close() == 0)
            }
        }
    }

    @Test func whatCannotBeReadIsSetAsideAndHoldsNothingUp() async throws {
        try await TestDatabase.sqlite.run { database in
            try await withOutbox { outbox in
                let lane = UsageLane(outbox.lanes[0])
                _ = lane.append(.sample(1))
                let garbage: [UInt8] = [250, 1, 2, 3]
                _ = garbage.withUnsafeBytes { outbox.lanes[0].append($0) }
                _ = lane.append(.sample(2))
                let rejects = Rejects()
                let writer = LedgerWriter(
                    outbox: outbox, applier: LedgerApplier(database), logger: .silent, reject: rejects.add)
                #expect(await writer.drain())
                let rows3 = try await database.count("usage")
                #expect(rows3 == 2)
                #expect(rejects.all == [garbage])
            }
        }
    }

    @Test func aDatabaseInTroubleLosesNothingAndSetsNothingAside() async throws {
        try await TestDatabase.sqlite.run { database in
            try await withOutbox { outbox in
                let lane = UsageLane(outbox.lanes[0])
                for number in 0..<10 { _ = lane.append(.sample(number)) }
                try await database.write { connection throws(StorageError) in
                    try connection.execute("ALTER TABLE usage RENAME TO elsewhere")
                }
                let rejects = Rejects()
                let writer = LedgerWriter(
                    outbox: outbox, applier: LedgerApplier(database), logger: .silent, reject: rejects.add)
                #expect(await !writer.drain())
                #expect(await writer.trouble != nil)
                try await database.write { connection throws(StorageError) in
                    try connection.execute("ALTER TABLE elsewhere RENAME TO usage")
                }
                #expect(await writer.drain())
                #expect(await writer.trouble == nil)
                let rows4 = try await database.count("usage")
                #expect(rows4 == 10)
                #expect(rejects.all.isEmpty)
            }
        }
    }

    @Test func drainingEndsWithItsTime() async throws {
        try await TestDatabase.sqlite.run { database in
            try await withOutbox { outbox in
                let lane = UsageLane(outbox.lanes[0])
                _ = lane.append(.sample(1))
                let writer = LedgerWriter(
                    outbox: outbox, applier: LedgerApplier(database), logger: .silent, reject: { _, _ in })
                #expect(await !writer.drain(until: .now))
                let rows5 = try await database.count("usage")
                #expect(rows5 == 0)
                #expect(await writer.drain(until: .now + .seconds(60)))
            }
        }
    }
}

@Suite("The lane of an event loop")
struct UsageLaneTests {
    @Test func recordsWithoutRoomWaitAndKeepTheirOrder() async throws {
        // Two segments of 64 KiB and no more.
        try await withOutbox(segment: 64 << 10, bound: 128 << 10) { outbox in
            let lane = UsageLane(outbox.lanes[0])
            var outcomes: [UsageLane.Outcome] = []
            for number in 0..<2000 { outcomes.append(lane.append(.sample(number))) }
            let written = outcomes.count { if case .written = $0 { true } else { false } }
            let waiting = outcomes.count { $0 == .waits }
            #expect(written > 0)
            #expect(waiting > 0)
            #expect(written + waiting == 2000)
            #expect(lane.isFull)
            #expect(lane.flush() == waiting)
            #expect(lane.close() == waiting)
        }
    }

    @Test func aRecordThatIsTooLongGoesWithoutItsLog() async throws {
        try await withOutbox(segment: 64 << 10, bound: 1 << 20) { outbox in
            let lane = UsageLane(outbox.lanes[0])
            var record = UsageRecord.sample(1)
            record.log = PromptLog(prompt: Array(repeating: 65, count: 100_000), answer: [])
            guard case .written = lane.append(record) else {
                Issue.record("not written")
                return
            }
            var found: [UsageRecord] = []
            _ = outbox.makeReader().read(maxRecords: 10) { bytes in
                if let record = try? UsageRecordCodec.decode(bytes.bytes) { found.append(record) }
            }
            record.log = nil
            #expect(found == [record])
            #expect(lane.close() == 0)
        }
    }
}

private final class Rejects: Sendable {
    private let kept = Mutex<[[UInt8]]>([])

    var all: [[UInt8]] { kept.withLock { $0 } }

    @Sendable func add(_ bytes: [UInt8], _ reason: String) { kept.withLock { $0.append(bytes) } }
}

private func withOutbox(
    segment: Int = 4 << 20, bound: Int = 64 << 20, _ body: (Outbox) async throws -> Void
) async throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("martlet-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: url) }
    var options = OutboxOptions(directory: url.path + "/outbox", lanes: 1)
    options.segmentBytes = segment
    options.maxBytes = bound
    let outbox = try Outbox.open(options)
    // The first segments are made in the background.
    await outbox.flush()
    try await body(outbox)
    outbox.lanes.forEach { $0.close() }
    await outbox.close()
}
