/// Function names as Google accepts them. OpenAI allows a digit or a dash in front, Google only a letter
/// or an underscore; such names are rewritten and turned back in the answer.
struct GeminiToolNames {
    private static let maxLength = 64
    /// `_` and the digits of more names than a request can hold.
    private static let longestSuffix = 9
    /// Client's name → provider's name, only where they differ.
    private var rewritten: [String: String] = [:]

    init(declared names: [String]) {
        var taken = Set(names)
        // The number to try next, by what all numbered forms of a name share: counting anew for every name would
        // cost the square of their number.
        var numbers: [String: Int] = [:]
        for name in names where rewritten[name] == nil {
            let base = Self.accepted(name)
            guard base != name else { continue }
            var candidate = base
            let shared = String(base.prefix(Self.maxLength - Self.longestSuffix))
            var number = numbers[shared] ?? 2
            while taken.contains(candidate) {
                let suffix = "_\(number)"
                candidate = String(base.prefix(Self.maxLength - suffix.utf8.count)) + suffix
                number += 1
            }
            if candidate != base { numbers[shared] = number }
            taken.insert(candidate)
            rewritten[name] = candidate
        }
    }

    /// Names from the history that are no longer declared are rewritten as well, without a way back.
    func provider(_ name: String) -> String {
        rewritten[name] ?? Self.accepted(name)
    }

    /// Provider's name → client's name.
    var wayBack: [String: String] {
        var names: [String: String] = [:]
        for (client, provider) in rewritten { names[provider] = client }
        return names
    }

    private static func accepted(_ name: String) -> String {
        var bytes: [UInt8] = []
        for byte in name.utf8.prefix(maxLength) {
            switch byte {
            case 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"): bytes.append(byte)
            case 0x30...0x39, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: ":"):
                if bytes.isEmpty { bytes.append(UInt8(ascii: "_")) }
                bytes.append(byte)
            default: bytes.append(UInt8(ascii: "_"))
            }
        }
        if bytes.isEmpty { bytes.append(UInt8(ascii: "_")) }
        return String(decoding: bytes.prefix(maxLength), as: UTF8.self)
    }
}
