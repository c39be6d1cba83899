import RedisClient

extension LimitScripts {
    /// Keys: reservations, leases, lapsed ids of one group. Arguments: clock, how many at most. Answers how many leases
    /// were freed.
    static let sweep = RedisScript(
        library + """
            local now, limit, freed = clock(ARGV[1]), tonumber(ARGV[2]), 0
            repeat
              local count = free(KEYS[1], KEYS[2], KEYS[3], now, \(freedPerRound))
              freed = freed + count
            until count < \(freedPerRound) or freed >= limit
            save(now)
            return freed
            """)

    /// Key: the index of tenants. Arguments: clock, name. Notes that the tenant may have leases.
    static let touch = RedisScript(
        library + """
            redis.call('ZADD', KEYS[1], clock(ARGV[1]), ARGV[2])
            return 1
            """)

    /// Key: the index of tenants. Arguments: clock, offset, count. Forgets tenants that were not noted for two hours,
    /// when none of their leases can live any more, and answers the names of the others.
    static let tenants = RedisScript(
        library + """
            redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', clock(ARGV[1]) - 7200000)
            return redis.call('ZRANGE', KEYS[1], ARGV[2], ARGV[2] + ARGV[3] - 1)
            """)
}
