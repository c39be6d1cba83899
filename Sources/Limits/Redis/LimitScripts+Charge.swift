import RedisClient

extension LimitScripts {
    /// Keys: per group reservations, leases, charged ids; then one counter per claim. Arguments: id, clock, groups, how
    /// long ago the usage began, how many subjects of a limit are kept apart, and two per claim: its text, its amount.
    /// Answers 1, or 0 when the id was charged before.
    static let charge = RedisScript(
        library + places + """
            local id, now, groups = ARGV[1], clock(ARGV[2]), tonumber(ARGV[3])
            local instant, bound = math.max(0, now - tonumber(ARGV[4])), tonumber(ARGV[5])
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
              local at = 4 + 2 * (i - first)
              local c, amount = claim(ARGV[at]), tonumber(ARGV[at + 1])
              if fresh[group(KEYS[i], groups)] and amount > 0 then
                local key, shared = placed(KEYS[i], c, now, bound, 64)
                local w = load(key)
                local new = shared == 0 and w.u <= now
                rollto(w, c, now)
                local period = instant
                if c.length > 0 then period = instant - math.fmod(instant, c.length) end
                if period >= w.b then
                  w.us = sum(w.us, amount)
                  touched[key] = true
                elseif c.length > 0 and period == w.b - c.length then
                  w.pu = sum(w.pu, amount)
                  touched[key] = true
                end
                if new and touched[key] then takeplace(key, c, w, now) end
              end
            end
            save(now)
            return 1
            """)
}
