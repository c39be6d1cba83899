import RedisClient

extension LimitScripts {
    /// Keys: reservations and leases of one group; with an index name also the index of tenants. Arguments: clock,
    /// lease, name for the index or empty, ids.
    static let renew = RedisScript(
        library + """
            local now = clock(ARGV[1])
            local finish = now + tonumber(ARGV[2])
            for i = 4, #ARGV do redis.call('ZADD', KEYS[2], 'XX', finish, ARGV[i]) end
            redis.call('PEXPIRE', KEYS[1], LONG)
            redis.call('PEXPIRE', KEYS[2], LONG)
            if ARGV[3] ~= '' then redis.call('ZADD', KEYS[3], now, ARGV[3]) end
            return 1
            """)
}
