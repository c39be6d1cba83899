import RedisClient

/// The scripts of the Redis store, one per operation. All take the keys of one or two groups (a tenant's, the global
/// ones) first: reservations, leases, and lapsed or charged ids. One argument, the clock, is a time in milliseconds
/// that takes the place of Redis' own; it is empty except in tests.
///
/// A script is known by its digest, so replicas of two versions run theirs beside each other. What the keys hold is
/// therefore read and written in the same way by all of them: keys with a new meaning get new names.
enum LimitScripts {
    /// How many ended leases one round frees.
    static let freedPerRound = LocalLimitStore.freedPerCall
}
