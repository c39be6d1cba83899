import RedisClient

extension LimitScripts {
    /// Keys: reservations, leases and lapsed ids of one group; with a name for it also the two of the index of tenants.
    /// Arguments: clock, lease, name for the index or empty, ids. Answers the places (from 0) of the ids whose lease has
    /// ended: what they held is not known here any more.
    static let renew = RedisScript(
        library + index + """
            local now = clock(ARGV[1])
            local finish = now + tonumber(ARGV[2])
            local ended = {}
            for i = 4, #ARGV do
              if redis.call('ZSCORE', KEYS[2], ARGV[i]) then
                redis.call('ZADD', KEYS[2], finish, ARGV[i])
              elseif redis.call('ZSCORE', KEYS[3], ARGV[i]) then
                ended[#ended + 1] = i - 4
              end
            end
            redis.call('PEXPIRE', KEYS[1], LONG)
            redis.call('PEXPIRE', KEYS[2], LONG)
            if ARGV[3] ~= '' then note(KEYS[4], KEYS[5], ARGV[3], now, finish) end
            return ended
            """)

    /// Keys: reservations, leases and lapsed ids of one group. Arguments: clock, lease, and two per reservation: its id,
    /// its record. Holds again what the leases held that have ended, unless they were settled meanwhile. Answers how
    /// many.
    static let holdAgain = RedisScript(
        library + """
            local now, held = clock(ARGV[1]), 0
            local finish = now + tonumber(ARGV[2])
            for i = 3, #ARGV, 2 do
              local id, record = ARGV[i], ARGV[i + 1]
              if redis.call('ZREM', KEYS[3], id) == 1 then
                held = held + 1
                each(record, function(name, bucket, til, amount, length)
                  local w = load(name)
                  local where = place(w, bucket, til, length, now)
                  if where == 1 then
                    w.re = sum(w.re, amount)
                    -- slots have no period
                    if bucket == 0 then
                      if w.re == 1 then w.u = finish else w.u = math.max(w.u, finish) end
                    end
                    touched[name] = true
                  elseif where == 2 then
                    w.pr = sum(w.pr, amount)
                    touched[name] = true
                  end
                end)
                redis.call('HSET', KEYS[1], id, record)
                redis.call('ZADD', KEYS[2], finish, id)
              end
            end
            save(now)
            redis.call('PEXPIRE', KEYS[1], LONG)
            redis.call('PEXPIRE', KEYS[2], LONG)
            return held
            """)
}
