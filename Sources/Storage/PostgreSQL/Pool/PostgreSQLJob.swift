/// A transaction that waits for a connection. Exactly one of its ends is told to the caller.
struct PostgreSQLJob: Sendable {
    /// Runs it. Returns false, without having told the caller anything, when its connection was lost before anything
    /// was committed and it may be moved to another one.
    let run: @Sendable (_ session: PostgreSQLSession, _ mayMove: Bool) -> Bool
    /// Tells the caller that it was not run.
    let refuse: @Sendable (StorageError) -> Void
}
