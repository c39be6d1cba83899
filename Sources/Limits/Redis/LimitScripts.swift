import RedisClient

/// The scripts of the Redis store, one per operation. All take the keys of one or two groups (a tenant's, the global
/// ones) first: reservations, leases, and lapsed or charged ids. One argument, the clock, is a time in milliseconds
/// that takes the place of Redis' own; it is empty except in tests.
enum LimitScripts {
    /// How many ended leases one round frees.
    static let freedPerRound = LocalLimitStore.freedPerCall
}
