import WireJSON

/// Random documents: a tree, and texts of it with varied white space and escapes.
struct Documents {
    var random: SplitMix64

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
    }

    mutating func object(depth: Int = 4) -> JSONValue {
        var object = JSONObject()
        for _ in 0..<random.below(7) { object[string()] = value(depth: depth - 1) }
        return .object(object)
    }

    mutating func value(depth: Int) -> JSONValue {
        switch random.below(depth > 0 ? 8 : 5) {
        case 0: return .null
        case 1: return .bool(random.chance(1, in: 2))
        case 2: return .number(number())
        case 3, 4: return .string(string())
        case 5: return .array((0..<random.below(5)).map { _ in value(depth: depth - 1) })
        default: return object(depth: depth)
        }
    }

    mutating func number() -> JSONNumber {
        switch random.below(4) {
        case 0: JSONNumber(Int.random(in: -1000...1000, using: &random))
        case 1: JSONNumber(Int.random(in: .min ... .max, using: &random))
        case 2: JSONNumber(Double.random(in: -1...1, using: &random))
        default: JSONNumber(Double.random(in: -1e12...1e12, using: &random) * 1e10)
        }
    }

    mutating func string() -> String {
        let pieces = [
            "a", "key", "role", " ", "\"", "\\", "/", "\n", "\t", "\u{1}", "\u{7F}", "é", "日本", "😀", "\u{2028}",
            "a long piece of plain text", "0", "\u{FFFD}", "\u{10FFFF}",
        ]
        var text = ""
        for _ in 0..<random.below(6) { text += random.pick(pieces) ?? "" }
        return text
    }

    /// A spelling of `value` with white space and escapes where the grammar allows them.
    mutating func spelling(of value: JSONValue) -> [UInt8] {
        var output: [UInt8] = []
        spell(value, into: &output)
        return output
    }

    private mutating func spell(_ value: JSONValue, into output: inout [UInt8]) {
        space(&output)
        switch value {
        case .object(let object):
            output.append(UInt8(ascii: "{"))
            for (index, (key, value)) in object.enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                space(&output)
                spell(key, into: &output)
                space(&output)
                output.append(UInt8(ascii: ":"))
                spell(value, into: &output)
            }
            space(&output)
            output.append(UInt8(ascii: "}"))
        case .array(let elements):
            output.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                spell(element, into: &output)
            }
            space(&output)
            output.append(UInt8(ascii: "]"))
        case .string(let text):
            spell(text, into: &output)
        default:
            value.write(to: &output)
        }
        space(&output)
    }

    private mutating func spell(_ text: String, into output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        for scalar in text.unicodeScalars {
            if random.chance(1, in: 6) || scalar.value < 0x20 || scalar == "\"" || scalar == "\\" {
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16, uppercase: random.chance(1, in: 2))
                    output += Array("\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8)
                }
            } else {
                output += Array(String(scalar).utf8)
            }
        }
        output.append(UInt8(ascii: "\""))
    }

    private mutating func space(_ output: inout [UInt8]) {
        while random.chance(1, in: 5) { output.append(random.pick([0x20, 0x0A, 0x0D, 0x09]) ?? 0x20) }
    }
}
