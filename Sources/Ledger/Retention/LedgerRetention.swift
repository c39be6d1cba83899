package import Logging
package import Storage

/// Deletes what has become too old, a little at a time, so that no transaction is long and applying goes on in between.
package struct LedgerRetention: Sendable {
    /// Rows per transaction.
    static let batchRows = 500

    private let database: any SQLDatabase
    private let policy: RetentionPolicy
    private let clock: WallClock
    private let logger: Logger

    package init(
        _ database: any SQLDatabase, policy: RetentionPolicy, clock: @escaping WallClock = Timestamp.now,
        logger: Logger
    ) {
        self.database = database
        self.policy = policy
        self.clock = clock
        self.logger = logger
    }

    /// Deletes everything that is too old now. Safe to run in several processes at once.
    ///
    /// Throws `CancellationError` between two transactions when the task is cancelled; what was deleted stays so.
    @discardableResult
    package func sweep() async throws -> RetentionSweep {
        var sweep = RetentionSweep()
        let now = clock()
        if let cutoff = Self.cutoff(policy.logs, now) {
            sweep.logs = try await drain { connection throws(StorageError) in
                try Self.deleteLogs(before: cutoff, connection)
            }
        }
        if let cutoff = Self.cutoff(policy.rows.map { max(1, $0) }, now) {
            sweep.rows = try await drain { connection throws(StorageError) in
                try Self.deleteRows(before: cutoff, connection)
            }
        }
        for (resolution, days) in [
            (RollupResolution.minute, policy.minutes.map { max(1, $0) }), (.hour, policy.hours.map { max(2, $0) }),
        ] {
            guard let cutoff = Self.cutoff(days, now) else { continue }
            sweep.rollups += try await sweepRollups(resolution, before: cutoff)
        }
        return sweep
    }

    /// Sweeps again and again until the task is cancelled, `pause` long apart. A database that is away is logged and
    /// tried again after the next pause.
    ///
    /// - Parameter sleep: waits, and throws when the task is cancelled; a test's own returns at once.
    package func run(
        every pause: Duration = .seconds(600),
        sleep: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) async {
        while !Task.isCancelled {
            do {
                let swept = try await sweep()
                if swept != RetentionSweep() {
                    logger.info(
                        "deleted what was too old",
                        metadata: ["rows": "\(swept.rows)", "logs": "\(swept.logs)", "rollups": "\(swept.rollups)"])
                }
            } catch let error as StorageError {
                logger.warning("cannot delete what is too old; trying again later", metadata: ["error": "\(error)"])
            } catch {
                return
            }
            do { try await sleep(pause) } catch { return }
        }
    }

    /// Queries must not read a period half of which is gone, so the horizon moves first, and by whole days.
    private func sweepRollups(_ resolution: RollupResolution, before cutoff: Timestamp) async throws -> Int {
        let horizon = RollupResolution.day.floor(cutoff.milliseconds)
        try await database.write { connection throws(StorageError) in
            try RollupHorizon.raise(resolution, to: horizon, connection)
        }
        var deleted = 0
        for table in RollupTable.all where table.resolution == resolution {
            deleted += try await drain { connection throws(StorageError) in
                try connection.execute(table.deletion(before: horizon, limit: Self.batchRows))
            }
        }
        return deleted
    }

    /// Repeats `step` until it deletes less than a batch.
    private func drain(
        _ step: @escaping @Sendable (any SQLConnection) throws(StorageError) -> Int
    ) async throws -> Int {
        var total = 0
        while true {
            try Task.checkCancellation()
            let deleted = try await database.write(step)
            total += deleted
            if deleted < Self.batchRows { return total }
        }
    }

    private static func deleteLogs(before cutoff: Timestamp, _ connection: any SQLConnection) throws(StorageError)
        -> Int
    {
        try connection.execute(
            """
            DELETE FROM request_log WHERE usage_id IN
            (SELECT usage_id FROM request_log WHERE time < \(cutoff) ORDER BY time LIMIT \(batchRows))
            """)
    }

    private static func deleteRows(before cutoff: Timestamp, _ connection: any SQLConnection) throws(StorageError)
        -> Int
    {
        let rows = try connection.query(
            "SELECT id FROM usage WHERE time < \(cutoff) ORDER BY time, id LIMIT \(batchRows)")
        var ids: [[UInt8]] = []
        for row in rows { ids.append(try row.bytes("id")) }
        guard let last = ids.last else { return 0 }
        let list = StatementSizes.padded(ids, with: last)
        try connection.execute("DELETE FROM request_log WHERE usage_id IN (\(list: list))")
        try connection.execute("DELETE FROM attempts WHERE usage_id IN (\(list: list))")
        return try connection.execute("DELETE FROM usage WHERE id IN (\(list: list))")
    }

    private static func cutoff(_ days: Int?, _ now: Timestamp) -> Timestamp? {
        guard let days else { return nil }
        let (milliseconds, overflow) = max(0, days).multipliedReportingOverflow(by: 86_400_000)
        return overflow ? nil : now.adding(milliseconds: -milliseconds)
    }
}
