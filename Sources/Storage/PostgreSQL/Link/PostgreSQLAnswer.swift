/// The answers to commands that were sent together.
struct PostgreSQLAnswer {
    /// Of the commands that succeeded, from the first.
    var results: [PostgreSQLResult] = []
    /// Of the command after them.
    var failure: PostgreSQLFailure?
}
