import Foundation
import Ledger
import Storage

/// Fills a ledger with generated requests and asks it what dashboards ask. Prints rows per second and milliseconds per
/// question; nothing here passes or fails.
///
///     ledger-benchmark [--rows N] [--days N] [--burst N] [--tenants N] [--keys N] [--database sqlite|postgresql|URL]
///
/// The rows are spread over the days; then comes a burst of rows at 5,000 a second. Rows that are far apart in time
/// share no sums, which makes them the most costly ones.
///
/// Without a URL the database is a new one that disappears afterwards. In one that has rows already only the missing
/// ones are added, so that questions can be asked again.
@main
struct LedgerBenchmark {
    static func main() async {
        do {
            let options = try LedgerOptions(Array(CommandLine.arguments.dropFirst()))
            #if DEBUG
                print("A debug build: these figures say nothing. Use swift run -c release ledger-benchmark.")
            #endif
            try await LedgerPlace(options.place).run { database in
                try await fill(database, options)
                try await LedgerQuestions().ask(database)
            }
        } catch {
            FileHandle.standardError.write(Data("ledger-benchmark: \(error)\n".utf8))
            exit(1)
        }
    }

    private static func fill(_ database: any SQLDatabase, _ options: LedgerOptions) async throws {
        var traffic = GeneratedTraffic(options)
        let known = try await database.read { connection throws(StorageError) in
            try connection.first("SELECT CAST(SUM(requests) AS BIGINT) AS n FROM rollup_model_day")?.optionalInt("n")
        }
        traffic.skip(known ?? 0)
        let applier = LedgerApplier(database)
        while let number = traffic.rest {
            let count = min(100_000, number)
            let (name, start, processor) = (traffic.name, ContinuousClock.now, processorSeconds())
            for _ in 0..<(count + LedgerApplier.batchRecords - 1) / LedgerApplier.batchRecords {
                let size = min(LedgerApplier.batchRecords, traffic.rest ?? 0)
                try await applier.apply((0..<size).map { _ in traffic.next() })
            }
            let seconds = max(0.001, (ContinuousClock.now - start) / .seconds(1))
            let used = processorSeconds() - processor
            print(
                "\(name), \(count) rows: \(Int(Double(count) / seconds)) rows/s,",
                "\(Int(used / Double(count) * 1e6)) µs of CPU time per row")
        }
    }

    /// Of this process, generating included; PostgreSQL's own is not in it.
    static func processorSeconds() -> Double {
        var time = timespec()
        guard clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0 else { return 0 }
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
