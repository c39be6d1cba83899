package import Logging
package import Outbox
package import Storage

/// Takes records from the outbox to the database, for as long as it runs: a batch is one transaction, and is confirmed
/// to the outbox when that has committed. A batch whose fate is unknown comes again; its ids make that harmless.
package actor LedgerWriter {
    /// A record that the database will never take, and why; kept aside instead of lost.
    package typealias Reject = @Sendable (_ bytes: [UInt8], _ reason: String) -> Void

    /// Records of one transaction.
    private static let batch = 500
    private static let batchBytes = 4 << 20
    /// Milliseconds between looks at an empty outbox: how old a dashboard's figures can be.
    private static let pause = 200
    private static let pauses = 250...10_000

    private let reader: OutboxReader
    private let applier: LedgerApplier
    private let logger: Logger
    private let reject: Reject
    /// Milliseconds to wait after a failure; doubles up to the end of ``pauses``.
    private var backOff = pauses.lowerBound
    /// Why the database took nothing at the last try; nil when it did.
    package private(set) var trouble: StorageError?
    /// Records applied by this process.
    package private(set) var applied = 0

    package init(outbox: Outbox, applier: LedgerApplier, logger: Logger, reject: @escaping Reject) {
        reader = outbox.makeReader()
        self.applier = applier
        self.logger = logger
        self.reject = reject
    }

    /// Applies records until the task is cancelled.
    package func run() async {
        while !Task.isCancelled {
            let wait: Int
            switch await step() {
            case .applied: continue
            case .empty: wait = Self.pause
            case .failed:
                wait = backOff
                backOff = min(backOff * 2, Self.pauses.upperBound)
            }
            try? await Task.sleep(for: .milliseconds(wait))
        }
    }

    /// Applies all there is; for the end of the process. Stops at the first trouble, when its time is up and when the task
    /// is cancelled: what is left is read by the next process.
    ///
    /// - Returns: whether nothing is left.
    package func drain(until deadline: ContinuousClock.Instant? = nil) async -> Bool {
        while true {
            if Task.isCancelled || deadline.map({ ContinuousClock.now >= $0 }) ?? false { return false }
            switch await step() {
            case .applied: continue
            case .empty: return true
            case .failed: return false
            }
        }
    }

    private enum Step { case applied, empty, failed }

    private func step() async -> Step {
        var records: [UsageRecord] = []
        var sources: [[UInt8]] = []
        var rejects: [(bytes: [UInt8], reason: String)] = []
        let batch = reader.read(maxRecords: Self.batch, maxBytes: Self.batchBytes) { record in
            let bytes = Array(record.bytes)
            do throws(UsageRecordCodecError) {
                records.append(try UsageRecordCodec.decode(record.bytes))
                sources.append(bytes)
            } catch {
                rejects.append((bytes, "\(error)"))
            }
        }
        if batch.damagedBytes > 0 {
            logger.error("a part of the outbox is damaged", metadata: ["bytes": "\(batch.damagedBytes)"])
        }
        if batch.isEmpty, batch.damagedBytes == 0 { return .empty }
        do throws(StorageError) {
            rejects += try await apply(records, sources)
            // Only now: a batch that comes again brings its rejects again.
            for (bytes, reason) in rejects { set(aside: bytes, reason) }
            reader.confirm()
            applied += records.count
            if trouble != nil { logger.notice("the ledger is being written again") }
            trouble = nil
            backOff = Self.pauses.lowerBound
            return .applied
        } catch {
            reader.rewind()
            if trouble == nil {
                logger.error(
                    "the ledger cannot be written; records wait in the outbox", metadata: ["error": "\(error)"])
            }
            trouble = error
            return .failed
        }
    }

    /// In one transaction; where the database refuses one of the records for itself, one by one, so that the others are
    /// not held up by it.
    ///
    /// - Returns: the refused ones.
    private func apply(
        _ records: [UsageRecord], _ sources: [[UInt8]]
    ) async throws(StorageError) -> [(bytes: [UInt8], reason: String)] {
        var refused: [(bytes: [UInt8], reason: String)] = []
        do throws(StorageError) {
            _ = try await applier.apply(records)
        } catch {
            guard error.isOfTheData else { throw error }
            for (record, bytes) in zip(records, sources) {
                do throws(StorageError) {
                    _ = try await applier.apply([record])
                } catch {
                    guard error.isOfTheData else { throw error }
                    refused.append((bytes, "\(error)"))
                }
            }
        }
        return refused
    }

    private func set(aside bytes: [UInt8], _ reason: String) {
        logger.error("a usage record was set aside", metadata: ["reason": "\(reason)"])
        reject(bytes, reason)
    }
}

extension StorageError {
    /// Trying again changes nothing: the values themselves are refused. A statement that is wrong is not among these; it
    /// would be wrong for every record.
    fileprivate var isOfTheData: Bool {
        if case .constraint = self { true } else { false }
    }
}
