import GRDB

/// How a SQLite file is opened.
package struct SQLiteOptions: Sendable {
    /// How long a statement waits for another process's write, in milliseconds.
    package var busyTimeoutMilliseconds = 5000
    /// Connections that read beside the writer.
    package var readers = 4
    /// Whether a commit waits until the disk has it. Without, a power failure (not a crash of the
    /// process) can undo the last commits: a revoked key would work again.
    package var durableCommits = true

    package init() {}

    var synchronousPragma: String {
        durableCommits ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL"
    }

    var configuration: Configuration {
        var configuration = Configuration()
        configuration.label = "martlet.sqlite"
        configuration.busyMode = .timeout(Double(max(0, busyTimeoutMilliseconds)) / 1000)
        configuration.maximumReaderCount = max(1, readers)
        configuration.prepareDatabase { database in
            // Gives the space of a grown write-ahead log back after a checkpoint.
            try database.execute(sql: "PRAGMA journal_size_limit = 67108864")
        }
        return configuration
    }
}
