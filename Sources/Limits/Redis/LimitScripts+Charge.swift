import RedisClient

extension LimitScripts {
    /// Keys: per group reservations, leases, charged ids; then one counter per claim. Arguments: id, clock, groups,
    /// and two per claim: its text, its amount. Answers 1, or 0 when the id was charged before.
    static let charge = RedisScript(
        library + """
            local id, now, groups = ARGV[1], clock(ARGV[2]), tonumber(ARGV[3])
            local first = groups * 3
            local fresh, any = {}, 0
            for g = 1, groups do
              local r, x, c = KEYS[g * 3 - 2], KEYS[g * 3 - 1], KEYS[g * 3]
              redis.call('ZREMRANGEBYSCORE', c, '-inf', now - DAY)
              if redis.call('ZADD', c, 'NX', now, id) == 1 then
                fresh[g], any = true, 1
                redis.call('ZREMRANGEBYRANK', c, 0, -\(TenantLedger.chargedCapacity + 1))
                redis.call('PEXPIRE', c, DAY)
                -- what an unfinished reserve of the same id holds
                release(redis.call('HGET', r, id), now)
                redis.call('HDEL', r, id)
                redis.call('ZREM', x, id)
              end
            end
            if any == 0 then return 0 end
            for i = first + 1, #KEYS do
              local key, at = KEYS[i], 2 + 2 * (i - first)
              if fresh[group(key, groups)] then
                local w = load(key)
                rollto(w, claim(ARGV[at]), now)
                w.us = sum(w.us, tonumber(ARGV[at + 1]))
                touched[key] = true
              end
            end
            save(now)
            return 1
            """)
}
