extension LimitScripts {
    /// What every script begins with: the arithmetic of ``WindowState`` and the care of leases, in Lua 5.1.
    ///
    /// Numbers are doubles here: sums stay at or below 2^53 - 1 as in ``LimitAmount``, and numbers become text through
    /// `string.format`, because `tostring` keeps 14 digits only.
    ///
    /// A counter is a text of six numbers: start of the latest period, when it ceases to matter, used, reserved, and
    /// used and reserved of the period before. A reservation is a text of five fields per counter: name, start of the
    /// period, when that ceases to matter, amount, length of a sliding period (else 0).
    static let library = """
        local CAP = 9007199254740991
        -- Counters outlive their use a little, reservations outlive every counter.
        local SLACK, LONG, DAY = 60000, 3456000000, 86400000

        local function clock(override)
          if override ~= '' then return tonumber(override) end
          local time = redis.call('TIME')
          return time[1] * 1000 + math.floor(time[2] / 1000)
        end

        local function sum(a, b)
          local s = a + b
          if s > CAP then return CAP end
          return s
        end

        local function difference(a, b)
          if a > b then return a - b end
          return 0
        end

        -- amount * rest / length, rounded up, without a product above 2^53
        local function weighed(amount, rest, length)
          if amount == 0 then return 0 end
          local r = math.fmod(amount, length)
          return (amount - r) / length * rest + math.ceil(r * rest / length)
        end

        local windows, touched = {}, {}

        local function parse(text)
          local b, u, us, re, pu, pr
          if text then
            b, u, us, re, pu, pr = string.match(text, '^(%d+) (%d+) (%d+) (%d+) (%d+) (%d+)$')
          end
          if not b then return {b = 0, u = 0, us = 0, re = 0, pu = 0, pr = 0} end
          return {b = tonumber(b), u = tonumber(u), us = tonumber(us), re = tonumber(re), pu = tonumber(pu),
            pr = tonumber(pr)}
        end

        local function preload(first, last)
          if first > last then return end
          local texts = redis.call('MGET', unpack(KEYS, first, last))
          for i = first, last do windows[KEYS[i]] = parse(texts[i - first + 1]) end
        end

        local function load(key)
          local w = windows[key]
          if not w then
            w = parse(redis.call('GET', key))
            windows[key] = w
          end
          return w
        end

        -- Called after leases are freed, too, before windows are rolled to look at them: looking changes nothing.
        local function save(now)
          for key in pairs(touched) do
            local w = windows[key]
            if w.b == 0 and w.us == 0 and w.re == 0 then
              redis.call('DEL', key)
            else
              local ttl = LONG
              if w.b > 0 then ttl = math.max(w.u - now, 0) + SLACK end
              redis.call('SET', key,
                string.format('%.0f %.0f %.0f %.0f %.0f %.0f', w.b, w.u, w.us, w.re, w.pu, w.pr), 'PX', ttl)
            end
          end
          touched = {}
        end

        -- one calendar period in two time zones: half of the shorter one, or more, in common
        local function same(b, u, bucket, til)
          local common = math.min(u, til) - math.max(b, bucket)
          return common > 0 and 2 * common >= math.min(u - b, til - bucket)
        end

        local function begin(w, bucket, til, before, held)
          w.pu, w.pr, w.us, w.re, w.b, w.u = before, held, 0, 0, bucket, til
        end

        local function roll(w, bucket, til, length, now)
          if bucket == w.b then
            w.u = math.max(w.u, til)
          elseif length == 0 and now < w.u and same(w.b, w.u, bucket, til) then
            w.u = til
          elseif bucket > w.b then
            if length > 0 and bucket == w.b + length then
              begin(w, bucket, til, w.us, w.re)
            else
              begin(w, bucket, til, 0, 0)
            end
          elseif (length > 0 and w.b > bucket + length) or (length == 0 and w.b > til) then
            -- of a clock that had been far ahead
            begin(w, bucket, til, 0, 0)
          end
        end

        -- resource, max, shadow, length, the boundaries of calendar periods, whether its subjects are bounded
        local function claim(text)
          local kind, max, shadow, length, before, start, finish, after, bounded =
            string.match(text, '^(%a) (%d+) (%d) (%d+) (%d+) (%d+) (%d+) (%d+) (%d)$')
          return {kind = kind, max = tonumber(max), shadow = shadow == '1', length = tonumber(length),
            before = tonumber(before), start = tonumber(start), finish = tonumber(finish), after = tonumber(after),
            bounded = bounded == '1'}
        end

        local function rollto(w, c, now)
          if c.kind == 'c' then return end
          if c.length > 0 then
            local bucket = now - math.fmod(now, c.length)
            roll(w, bucket, bucket + 2 * c.length, c.length, now)
          elseif now < c.start then
            roll(w, c.before, c.start, 0, now)
          elseif now < c.finish then
            roll(w, c.start, c.finish, 0, now)
          else
            roll(w, c.finish, c.after, 0, now)
          end
        end

        local function rest(w, c, now)
          local elapsed = now - w.b
          if elapsed <= 0 then return c.length end
          return math.max(0, c.length - elapsed)
        end

        local function used(w, c, now)
          if w.pu == 0 then return w.us end
          return sum(w.us, weighed(w.pu, rest(w, c, now), c.length))
        end

        local function reserved(w, c, now)
          if w.pr == 0 then return w.re end
          return sum(w.re, weighed(w.pr, rest(w, c, now), c.length))
        end

        local function resets(w, c, now)
          if c.kind == 'c' then
            if w.re > 0 then return math.max(w.u, now) end
            return now
          end
          if c.length == 0 then return math.max(w.u, now) end
          if w.us + w.re > 0 then return w.b + 2 * c.length end
          if w.pu + w.pr > 0 then return w.b + c.length end
          return now
        end

        local function state(w, c, now)
          return string.format('%.0f %.0f %.0f', used(w, c, now), reserved(w, c, now), resets(w, c, now))
        end

        -- Where a holding belongs: 1 the current period, 2 the previous one, 3 that of a clock which was far ahead;
        -- nil when its period is over.
        local function place(w, bucket, til, length, now)
          if bucket == w.b or (length == 0 and same(w.b, w.u, bucket, til)) then return 1 end
          if bucket > w.b then
            local span = length
            if span == 0 then span = til - bucket end
            if now < bucket - span then
              if w.b > 0 then return 3 end
              return nil
            end
            if now >= til then return nil end
            roll(w, bucket, til, length, now)
            return 1
          end
          if length > 0 and w.b == bucket + length then return 2 end
          return nil
        end

        -- in the period it was made in, or not at all
        local function settle(key, bucket, til, length, release, charge, now)
          local w = load(key)
          local where = place(w, bucket, til, length, now)
          if where == 1 then
            w.re, w.us = difference(w.re, release), sum(w.us, charge)
          elseif where == 2 then
            w.pr, w.pu = difference(w.pr, release), sum(w.pu, charge)
          elseif where == 3 then
            w.us = sum(w.us, charge)
          else
            return
          end
          touched[key] = true
        end

        local function each(record, body)
          for name, bucket, til, amount, length in string.gmatch(record, '(%S+) (%d+) (%d+) (%d+) (%d+)') do
            body(name, tonumber(bucket), tonumber(til), tonumber(amount), tonumber(length))
          end
        end

        local function release(record, now)
          if not record then return end
          each(record, function(name, bucket, til, amount, length)
            settle(name, bucket, til, length, amount, 0, now)
          end)
        end

        -- leases that have ended, oldest first; answers how many were freed
        local function free(r, x, d, now, limit)
          local ids = redis.call('ZRANGEBYSCORE', x, '-inf', now, 'LIMIT', 0, limit)
          if #ids == 0 then return 0 end
          local records = redis.call('HMGET', r, unpack(ids))
          local lapsed = {}
          for i = 1, #ids do
            release(records[i], now)
            lapsed[2 * i - 1], lapsed[2 * i] = now, ids[i]
          end
          redis.call('HDEL', r, unpack(ids))
          redis.call('ZREM', x, unpack(ids))
          redis.call('ZREMRANGEBYSCORE', d, '-inf', now - DAY)
          redis.call('ZADD', d, unpack(lapsed))
          redis.call('ZREMRANGEBYRANK', d, 0, -\(TenantLedger.lapsedCapacity + 1))
          redis.call('PEXPIRE', d, DAY)
          return #ids
        end

        -- which group of three keys a counter belongs to
        local function group(key, groups)
          local r = KEYS[1]
          if groups == 1 or string.sub(key, 1, #r - 1) == string.sub(r, 1, -2) then return 1 end
          return 2
        end

        """
}
