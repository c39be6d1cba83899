import RedisClient

extension LimitScripts {
    /// Keys: per group reservations, leases, lapsed ids; then one counter per claim. Arguments: clock, groups, how many
    /// subjects of a limit are kept apart, one text per claim. Answers one text: `used reserved resets shared` per claim.
    static let inspect = RedisScript(
        library + places + """
            local now, groups, bound = clock(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
            local first = groups * 3
            for g = 1, groups do
              while free(KEYS[g * 3 - 2], KEYS[g * 3 - 1], KEYS[g * 3], now, \(freedPerRound)) == \(freedPerRound) do
              end
            end
            save(now)
            local reply = {}
            for i = 4, #ARGV do
              local c = claim(ARGV[i])
              local key, shared = placed(KEYS[first + i - 3], c, now, bound, 0)
              local w = load(key)
              rollto(w, c, now)
              reply[#reply + 1] = state(w, c, now) .. ' ' .. shared
            end
            return table.concat(reply, ' ')
            """)
}
