/// One step of what is sent to the server together.
enum PostgreSQLCommand {
    /// Fixed text without values.
    case plain(String)
    case prepare(name: String, StatementCache.Key)
    /// Runs what was prepared under a name.
    case execute(name: String, PostgreSQLParameters)
    /// Parses and runs at once.
    case run(BoundStatement)
}
