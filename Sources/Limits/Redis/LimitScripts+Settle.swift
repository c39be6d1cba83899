import RedisClient

extension LimitScripts {
    /// Keys: per group reservations, leases, lapsed ids; then one counter per claim. Arguments: id, clock, groups, and
    /// one text with five numbers per claim: start of the period, when that ceases to matter, amount, length, actual.
    /// Answers in which groups the id was waiting to be settled: 1 the first, 2 the second, 3 both, 0 none.
    static let settle = RedisScript(
        library + """
            local id, now, groups = ARGV[1], clock(ARGV[2]), tonumber(ARGV[3])
            local first = groups * 3
            local status, any = {}, 0
            for g = 1, groups do
              if redis.call('HDEL', KEYS[g * 3 - 2], id) == 1 then
                redis.call('ZREM', KEYS[g * 3 - 1], id)
                status[g], any = 'held', any + g
              elseif redis.call('ZREM', KEYS[g * 3], id) == 1 then
                status[g], any = 'lapsed', any + g
              end
            end
            if any == 0 then return 0 end
            preload(first + 1, #KEYS)
            local i = first
            for bucket, til, amount, length, charge in
              string.gmatch(ARGV[4], '(%d+) (%d+) (%d+) (%d+) (%d+)') do
              i = i + 1
              local how = status[group(KEYS[i], groups)]
              if how then
                local back = 0
                if how == 'held' then back = tonumber(amount) end
                settle(KEYS[i], tonumber(bucket), tonumber(til), tonumber(length), back, tonumber(charge), now)
              end
            end
            save(now)
            return any
            """)
}
