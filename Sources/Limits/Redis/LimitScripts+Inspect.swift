import RedisClient

extension LimitScripts {
    /// Keys: per group reservations, leases, lapsed ids; then one counter per claim. Arguments: clock, groups, one text
    /// per claim. Answers one text: `used reserved resets` per claim.
    static let inspect = RedisScript(
        library + """
            local now, groups = clock(ARGV[1]), tonumber(ARGV[2])
            local first = groups * 3
            for g = 1, groups do
              while free(KEYS[g * 3 - 2], KEYS[g * 3 - 1], KEYS[g * 3], now, \(freedPerRound)) == \(freedPerRound) do
              end
            end
            save(now)
            local reply = {}
            for i = 3, #ARGV do
              local w, c = load(KEYS[first + i - 2]), claim(ARGV[i])
              rollto(w, c, now)
              reply[#reply + 1] = state(w, c, now)
            end
            return table.concat(reply, ' ')
            """)
}
