/// Readers for the ways providers write times and durations. No calendar library: pure arithmetic.
enum WireTime {
    /// Longest wait anything here returns: 400 days. Bounds what a provider can make us compute with.
    static let maximumMilliseconds = 400 * 86_400_000

    /// Decimal text such as `1.5` in thousandths, rounded up; nil for anything else, negative numbers included.
    static func thousandths(_ text: some StringProtocol) -> Int? {
        let bytes = Array(text.utf8)
        var whole = 0
        var fraction = 0
        var scale = 1000
        var roundsUp = false
        var seenDot = false
        var digits = 0
        for byte in bytes {
            if byte == UInt8(ascii: "."), !seenDot {
                seenDot = true
                continue
            }
            guard (0x30...0x39).contains(byte) else { return nil }
            let digit = Int(byte - 0x30)
            digits += 1
            if !seenDot {
                whole = min(whole * 10 + digit, maximumMilliseconds)
            } else if scale > 1 {
                scale /= 10
                fraction += digit * scale
            } else if digit > 0 {
                roundsUp = true
            }
        }
        guard digits > 0 else { return nil }
        return min(whole * 1000 + fraction + (roundsUp ? 1 : 0), maximumMilliseconds)
    }

    /// A duration of Go's kind at the start of `text`, in milliseconds: `8ms`, `1.78s`, `1m7.39s`, `2h0m0s`, also
    /// with words (`20 seconds`). nil if it does not start with one. A bare number is no duration.
    static func duration(_ text: some StringProtocol) -> Int? {
        var rest = Substring(text)
        var total: Int?
        while let (amount, unit, remainder) = component(rest) {
            total = min((total ?? 0) + amount * unit / 1000, maximumMilliseconds)
            rest = remainder
        }
        return total
    }

    /// The first number and unit: thousandths of the unit, the unit in milliseconds, what follows.
    private static func component(_ text: Substring) -> (amount: Int, unit: Int, rest: Substring)? {
        let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        guard let amount = thousandths(number) else { return nil }
        var rest = text.dropFirst(number.count)
        if rest.first == " " { rest = rest.dropFirst() }
        let name = rest.prefix { $0.isASCII && $0.isLetter }
        guard let unit = unit(name.lowercased()) else { return nil }
        // Bounded, so that the product above cannot overflow.
        return (min(amount, maximumMilliseconds), unit, rest.dropFirst(name.count))
    }

    private static func unit(_ name: String) -> Int? {
        switch name {
        case "ms", "millisecond", "milliseconds": 1
        case "s", "sec", "second", "seconds": 1000
        case "m", "min", "minute", "minutes": 60_000
        case "h", "hour", "hours": 3_600_000
        case "d", "day", "days": 86_400_000
        default: nil
        }
    }

    /// `Wed, 19 Aug 2026 14:34:22 GMT` (the HTTP date all servers send) in seconds since 1970.
    static func httpDate(_ text: some StringProtocol) -> Int? {
        let words = text.split(whereSeparator: { $0 == " " || $0 == "," })
        guard words.count == 6, words[5] == "GMT" || words[5] == "UTC" else { return nil }
        let names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        guard let month = names.firstIndex(of: String(words[2])), let day = Int(words[1]), let year = Int(words[3])
        else { return nil }
        return seconds(year: year, month: month + 1, day: day, clock: words[4])
    }

    /// `2026-08-19T14:34:22Z`, with any fraction or numeric offset (RFC 3339), in seconds since 1970.
    static func rfc3339(_ text: some StringProtocol) -> Int? {
        let halves = text.split(whereSeparator: { $0 == "T" || $0 == "t" || $0 == " " })
        guard halves.count == 2 else { return nil }
        let date = halves[0].split(separator: "-")
        guard date.count == 3, let year = Int(date[0]), let month = Int(date[1]), let day = Int(date[2]) else {
            return nil
        }
        let clock = halves[1].prefix { $0.isASCII && ($0.isNumber || $0 == ":") }
        guard let moment = seconds(year: year, month: month, day: day, clock: clock) else { return nil }
        let zone = halves[1].dropFirst(clock.count).drop { $0 == "." || ($0.isASCII && $0.isNumber) }
        return offset(zone).map { moment - $0 }
    }

    private static func offset(_ zone: some StringProtocol) -> Int? {
        if zone == "Z" || zone == "z" { return 0 }
        let parts = zone.dropFirst().split(separator: ":")
        guard zone.first == "+" || zone.first == "-", parts.count == 2,
            let hours = Int(parts[0]), let minutes = Int(parts[1]), 0...23 ~= hours, 0...59 ~= minutes
        else { return nil }
        return (hours * 3600 + minutes * 60) * (zone.first == "-" ? -1 : 1)
    }

    private static func seconds(year: Int, month: Int, day: Int, clock: some StringProtocol) -> Int? {
        let parts = clock.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) ?? -1 }
        guard 1970...9999 ~= year, 1...12 ~= month, 1...31 ~= day, parts.count == 3,
            0...23 ~= parts[0], 0...59 ~= parts[1], 0...60 ~= parts[2]
        else { return nil }
        // Days from civil date, counting years from March so that the leap day comes last.
        let marchYear = month > 2 ? year : year - 1
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let days = marchYear * 365 + marchYear / 4 - marchYear / 100 + marchYear / 400 + dayOfYear - 719_468
        return days * 86_400 + parts[0] * 3600 + parts[1] * 60 + parts[2]
    }
}
