extension LimitScripts {
    /// Keeps the number of a limit's subjects bounded; comes after ``library`` in the scripts that make counters.
    ///
    /// A sorted set per limit names its counters by the time they may be worth nothing. When it is full, and the oldest
    /// are worth something all the same, further subjects share one counter. Its name, and the shared counter's, lie
    /// in the slot of the tenant and follow from the counter's name, which never has a colon in its last part.
    static let places = """
        local function relatives(key)
          local prefix, limit = string.match(key, '^(ml1:{[^}]*}:)(.*:)[^:]*$')
          return prefix .. 'n:' .. limit, prefix .. limit .. '\(LimitCounter.overflowSubject)'
        end

        -- gives up places of counters that are worth nothing any more
        local function tidy(names, now, count)
          local old = redis.call('ZRANGEBYSCORE', names, '-inf', now, 'LIMIT', 0, count)
          for _, name in ipairs(old) do
            local w = parse(redis.call('GET', name))
            if w.u > now then redis.call('ZADD', names, w.u, name) else redis.call('ZREM', names, name) end
          end
        end

        -- The key to count in for a claim: the counter's own, or that of all who have no place. Before windows are
        -- rolled, so that a counter which is worth nothing is seen.
        local function placed(key, c, now, bound, tidied)
          if not c.bounded or load(key).u > now then return key, 0 end
          local names, others = relatives(key)
          if redis.call('ZCARD', names) < bound or redis.call('ZSCORE', names, key) then return key, 0 end
          if tidied > 0 then
            tidy(names, now, tidied)
            if redis.call('ZCARD', names) < bound then return key, 0 end
          end
          return others, 1
        end

        -- takes the place, once it is certain that the counter is made
        local function takeplace(key, c, w, now)
          if not c.bounded then return end
          local names = relatives(key)
          tidy(names, now, 4)
          redis.call('ZADD', names, w.u, key)
          redis.call('PEXPIRE', names, LONG)
        end

        """
}
