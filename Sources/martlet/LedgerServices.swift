import Foundation
import Gateway
import Ledger
import Logging
import NIOCore
import Outbox
import Policy
import Storage

/// Where settled requests are written down: first into the outbox in the data directory, then into the database.
struct LedgerServices {
    private let outbox: Outbox
    private let applier: LedgerApplier
    private let rejects: RejectedRecords
    private let writer: LedgerWriter
    private let retention: LedgerRetention
    private let settings: Settings
    private let logger: Logger
    /// One for each event loop, in their order.
    let lanes: [UsageLane]

    static func open(
        _ settings: Settings, database: any SQLDatabase, lanes: Int, logger: Logger
    ) async throws -> LedgerServices {
        let outbox: Outbox
        do throws(OutboxError) { outbox = try firstFree(settings, lanes: lanes) } catch {
            throw StartError("outbox: \(error)")
        }
        if outbox.recovery.records > 0 {
            logger.notice(
                "records of a former run wait to be written", metadata: ["records": "\(outbox.recovery.records)"])
        }
        let rejects = RejectedRecords(path: settings.dataDir + "/rejected-usage.jsonl", logger: logger)
        var policy = RetentionPolicy()
        policy.logs = max(1, settings.retention / 86_400_000)
        let applier = LedgerApplier(database)
        return LedgerServices(
            outbox: outbox, applier: applier, rejects: rejects,
            writer: LedgerWriter(outbox: outbox, applier: applier, logger: logger, reject: rejects.add),
            retention: LedgerRetention(database, policy: policy, logger: logger),
            settings: settings, logger: logger, lanes: outbox.lanes.map(UsageLane.init))
    }

    /// Gateways that share a data directory have an outbox each.
    private static let directories = ["/outbox"] + (2...16).map { "/outbox-\($0)" }

    private static func firstFree(_ settings: Settings, lanes: Int) throws(OutboxError) -> Outbox {
        var taken: OutboxError?
        for directory in directories {
            do throws(OutboxError) {
                return try Outbox.open(options(settings, directory: settings.dataDir + directory, lanes: lanes))
            } catch {
                guard case .locked = error else { throw error }
                taken = taken ?? error
            }
        }
        throw taken ?? .closed
    }

    private static func options(_ settings: Settings, directory: String, lanes: Int) -> OutboxOptions {
        var options = OutboxOptions(directory: directory, lanes: lanes)
        options.maxBytes = settings.outboxMaxBytes
        options.sync =
            switch settings.outboxFsync {
            case .off: .off
            case .interval: .interval(milliseconds: 100)
            case .always: .always
            }
        return options
    }

    /// What gateways that are gone have left in outboxes of their own, now and later.
    private func adopt() async {
        while !Task.isCancelled {
            for directory in Self.directories { await adopt(settings.dataDir + directory) }
            try? await Task.sleep(for: .seconds(60))
        }
    }

    private func adopt(_ path: String) async {
        guard access(path, F_OK) == 0 else { return }
        do throws(OutboxError) {
            let left = try Outbox.open(Self.options(settings, directory: path, lanes: 1))
            left.lanes.forEach { $0.close() }
            _ = await LedgerWriter(outbox: left, applier: applier, logger: logger, reject: rejects.add).drain()
            await left.close()
        } catch {
            if case .locked = error { return }
            logger.error("an outbox that was left behind cannot be read", metadata: ["reason": "\(error)"])
        }
    }

    /// Waits until a record is on the disk, where that is what the operator wants.
    var durable: (@Sendable (OutboxTicket) async throws(OutboxError) -> Void)? {
        guard settings.outboxFsync == .always else { return nil }
        return { [outbox] ticket throws(OutboxError) in try await outbox.durable(ticket) }
    }

    var whenFull: Settings.OutboxFull { settings.outboxWhenFull }

    /// Writes the ledger and deletes what is too old, until the task is cancelled.
    func run() async {
        await withTaskGroup { group in
            group.addTask { await writer.run() }
            group.addTask { await adopt() }
            group.addTask { await retention.run() }
        }
    }

    /// After the last request: everything to the database, as far as it takes it in time; the rest stays for the next
    /// process.
    func close(on eventLoops: [any EventLoop], until deadline: ContinuousClock.Instant) async {
        // First, because it makes room for what waits in memory.
        _ = await writer.drain(until: deadline)
        var lost = 0
        for (lane, eventLoop) in zip(lanes, eventLoops) {
            lost += (try? await eventLoop.submit { lane.close() }.get()) ?? 0
        }
        if lost > 0 {
            logger.critical("usage records are lost: the outbox had no room", metadata: ["records": "\(lost)"])
        }
        if await !writer.drain(until: max(deadline, .now + .seconds(1))) {
            logger.warning(
                "the database did not take all records; they wait in the outbox for the next start",
                metadata: ["records": "\(outbox.figures.records)"])
        }
        await outbox.close()
    }
}

/// Records that the database refuses for good are kept, for people to look at.
private final class RejectedRecords: Sendable {
    private let path: String
    private let logger: Logger

    init(path: String, logger: Logger) {
        self.path = path
        self.logger = logger
    }

    @Sendable func add(_ bytes: [UInt8], _ reason: String) {
        let line = RejectedLine(
            time: "\(Timestamp.now())", reason: reason, record: Data(Self.withoutLog(bytes)).base64EncodedString())
        guard var text = try? JSONEncoder().encode(line) else { return }
        text.append(UInt8(ascii: "\n"))
        let file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        let isWritten = file >= 0 && text.withUnsafeBytes { write(file, $0.baseAddress, $0.count) } == text.count
        if file >= 0 { Foundation.close(file) }
        if !isWritten {
            logger.critical("a rejected usage record could not be kept", metadata: ["bytes": "\(bytes.count)"])
        }
    }

    /// Prompts have a retention of their own, which this file does not know.
    private static func withoutLog(_ bytes: [UInt8]) -> [UInt8] {
        guard var record = try? UsageRecordCodec.decode(bytes) else { return Array(bytes.prefix(1024)) }
        record.log = nil
        var shorter: [UInt8] = []
        UsageRecordCodec.encode(record, into: &shorter)
        return shorter
    }
}

private struct RejectedLine: Encodable {
    var time: String
    var reason: String
    var record: String
}
