import RedisClient

extension LimitScripts {
    /// Keys: per group reservations, leases, lapsed ids; then one counter per claim; last, with a name for it, the two
    /// of the index of tenants. Arguments: id, lease, clock, groups, name for the index or empty, how many subjects of a
    /// limit are kept apart, needed and wanted tokens, needed and wanted cost, one text per claim.
    ///
    /// Answers one text: `1 now tokens cost` and per claim `used reserved resets shared bucket until`, or `0 now binding
    /// retry-at` and per claim `used reserved resets shared`; `2` when there are too many reservations, `3` when the id
    /// is in use. `shared` is 1 when the counter is the one that further subjects share.
    static let reserve = RedisScript(
        library + places + index + """
            local id, lease, now, groups = ARGV[1], tonumber(ARGV[2]), clock(ARGV[3]), tonumber(ARGV[4])
            local name, bound = ARGV[5], tonumber(ARGV[6])
            local tokens = {need = tonumber(ARGV[7]), want = tonumber(ARGV[8]), room = CAP}
            local cost = {need = tonumber(ARGV[9]), want = tonumber(ARGV[10]), room = CAP}
            local first = groups * 3

            local function need(c)
              if c.kind == 't' then return tokens.need end
              if c.kind == 'm' then return cost.need end
              return 1
            end

            local function fits(w, c)
              if c.max == 0 then return false end
              local u, r = used(w, c, now), reserved(w, c, now)
              if u == 0 and r == 0 then return true end
              return need(c) <= c.max - u - r
            end

            -- the longest rest of the previous period that leaves enough room
            local function longest(pu, pr, current, room, length, limit)
              local function enough(rest)
                local total = current + weighed(pu, rest, length) + weighed(pr, rest, length)
                return total == 0 or total <= room
              end
              if limit < 1 or not enough(1) then return nil end
              if enough(limit) then return limit end
              local low, high = 1, limit
              while high - low > 1 do
                local middle = math.floor((low + high) / 2)
                if enough(middle) then low = middle else high = middle end
              end
              return low
            end

            local function retry(w, c)
              local length = c.length
              if c.kind == 'c' then return now + \(WindowState.concurrencyRetry) end
              if length == 0 then return math.max(w.u, now + 1) end
              local last = w.b + 2 * length
              if c.max == 0 then return last end
              local room = c.max - need(c)
              local left = longest(w.pu, w.pr, w.us + w.re, room, length, rest(w, c, now))
              if left then return w.b + length - left end
              left = longest(w.us, w.re, 0, room, length, length)
              if left then return last - left end
              return last
            end

            for g = 1, groups do
              if redis.call('HEXISTS', KEYS[g * 3 - 2], id) == 1 then return '3' end
              if redis.call('HLEN', KEYS[g * 3 - 2]) >= \(LocalLimitStore.maxReservationsPerTenant) then return '2' end
            end

            local claims, keys, shared, fresh = {}, {}, {}, {}
            for i = 11, #ARGV do claims[i - 10] = claim(ARGV[i]) end
            preload(first + 1, first + #claims)
            for i, c in ipairs(claims) do
              local key = KEYS[first + i]
              keys[i], shared[i] = placed(key, c, now, bound, 64)
              fresh[i] = shared[i] == 0 and load(key).u <= now
            end

            local admitted
            repeat
              local freed = 0
              for g = 1, groups do
                freed = math.max(freed,
                  free(KEYS[g * 3 - 2], KEYS[g * 3 - 1], KEYS[g * 3], now, \(freedPerRound)))
              end
              save(now)
              admitted = true
              tokens.room, cost.room = CAP, CAP
              for i, c in ipairs(claims) do
                local w = load(keys[i])
                rollto(w, c, now)
                if not c.shadow then
                  if not fits(w, c) then admitted = false end
                  local room = c.max - used(w, c, now) - reserved(w, c, now)
                  if c.kind == 't' then tokens.room = math.min(tokens.room, room) end
                  if c.kind == 'm' then cost.room = math.min(cost.room, room) end
                end
              end
            until admitted or freed < \(freedPerRound)

            local reply = {}
            if not admitted then
              local binding, last = 0, 0
              for i, c in ipairs(claims) do
                local w = load(keys[i])
                if not c.shadow and not fits(w, c) then
                  local instant = retry(w, c)
                  if instant > last then binding, last = i - 1, instant end
                end
                reply[#reply + 1] = state(w, c, now) .. ' ' .. shared[i]
              end
              return string.format('0 %.0f %d %.0f ', now, binding, last) .. table.concat(reply, ' ')
            end

            tokens.grant = math.max(tokens.need, math.min(tokens.want, tokens.room))
            cost.grant = math.max(cost.need, math.min(cost.want, cost.room))
            local records = {{}, {}}
            for i, c in ipairs(claims) do
              local key, amount = keys[i], 1
              local w = load(key)
              if c.kind == 't' then amount = tokens.grant elseif c.kind == 'm' then amount = cost.grant end
              w.re = sum(w.re, amount)
              if c.kind == 'c' then
                if w.re == 1 then w.u = now + lease else w.u = math.max(w.u, now + lease) end
              end
              touched[key] = true
              if fresh[i] then takeplace(key, c, w, now) end
              local record = records[group(key, groups)]
              record[#record + 1] = string.format('%s %.0f %.0f %.0f %d', key, w.b, w.u, amount, c.length)
              reply[#reply + 1] = state(w, c, now) .. string.format(' %d %.0f %.0f', shared[i], w.b, w.u)
            end
            save(now)
            for g = 1, groups do
              local r, x = KEYS[g * 3 - 2], KEYS[g * 3 - 1]
              redis.call('HSET', r, id, table.concat(records[g], ' '))
              redis.call('ZADD', x, now + lease, id)
              redis.call('PEXPIRE', r, LONG)
              redis.call('PEXPIRE', x, LONG)
            end
            if name ~= '' then note(KEYS[#KEYS - 1], KEYS[#KEYS], name, now, now + lease) end
            return string.format('1 %.0f %.0f %.0f ', now, tokens.grant, cost.grant) .. table.concat(reply, ' ')
            """)
}
