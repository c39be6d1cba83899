import RedisClient

extension LimitScripts {
    /// The index of tenants that may have leases, in two sorted sets: when they were last noted, and when to look at
    /// them, which is when the earliest of their leases ends, or before.
    static let index = """
        local function note(noted, due, name, now, finish)
          redis.call('ZADD', noted, now, name)
          local known = redis.call('ZSCORE', due, name)
          if not known or finish < tonumber(known) then redis.call('ZADD', due, finish, name) end
        end

        """

    /// Keys: reservations, leases, lapsed ids of one group. Arguments: clock, how many at most. Answers how many leases
    /// were freed, and when the next one ends, or -1.
    static let sweep = RedisScript(
        library + """
            local now, limit, freed = clock(ARGV[1]), tonumber(ARGV[2]), 0
            repeat
              local count = free(KEYS[1], KEYS[2], KEYS[3], now, \(freedPerRound))
              freed = freed + count
            until count < \(freedPerRound) or freed >= limit
            save(now)
            local first = redis.call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')
            return {freed, tonumber(first[2] or -1)}
            """)

    /// Keys: the index. Arguments: clock, name, when the lease ends from now.
    static let touch = RedisScript(
        library + index + """
            local now = clock(ARGV[1])
            note(KEYS[1], KEYS[2], ARGV[2], now, now + tonumber(ARGV[3]))
            return 1
            """)

    /// Keys: the index. Arguments: clock, how many, for how long. Answers the time until which the tenants are the
    /// caller's to look at, and the names of tenants that are due. When the caller does not say that it has, they are due
    /// again at that time.
    static let due = RedisScript(
        library + """
            local now = clock(ARGV[1])
            local names = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now, 'LIMIT', 0, ARGV[2])
            local mine = now + tonumber(ARGV[3])
            for i = 1, #names do redis.call('ZADD', KEYS[2], mine, names[i]) end
            return {mine, unpack(names)}
            """)

    /// Keys: the index. Arguments: clock, the time `due` gave, when to look again at the latest (from now), and two per
    /// tenant that was looked at: its name, when its next lease ends or -1. A tenant without leases that was not noted
    /// for a while is forgotten: whoever reserves for it notes it again.
    static let seen = RedisScript(
        library + """
            local now, mine = clock(ARGV[1]), tonumber(ARGV[2])
            local latest = now + tonumber(ARGV[3])
            for i = 4, #ARGV, 2 do
              local name, ending = ARGV[i], tonumber(ARGV[i + 1])
              local known = tonumber(redis.call('ZSCORE', KEYS[2], name) or -1)
              local at = latest
              if ending >= 0 then at = math.min(ending, latest) end
              if known == mine or known > at then
                local noted = tonumber(redis.call('ZSCORE', KEYS[1], name) or 0)
                if ending < 0 and known == mine and noted < now - \(2 * TenantIndexTouches.interval) then
                  redis.call('ZREM', KEYS[1], name)
                  redis.call('ZREM', KEYS[2], name)
                else
                  redis.call('ZADD', KEYS[2], at, name)
                end
              end
            end
            return 1
            """)
}
