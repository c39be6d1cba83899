/// One item of a spec, not yet interpreted.
struct FakeSpecItem: Sendable, Hashable {
    var name: String
    var value: String?
}

/// Finds and splits specs; ``FakeBehaviour`` has the grammar.
enum FakeSpec {
    /// The header form: `cut=3; late=500ms`.
    static func items(inHeader text: String) -> [FakeSpecItem] {
        text.split(separator: ";").compactMap { part in
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = pair.first.map(trimmed) ?? ""
            if name.isEmpty { return nil }
            return FakeSpecItem(name: name, value: pair.count > 1 ? PercentCoding.decode(trimmed(pair[1])) : nil)
        }
    }

    /// The model form; empty when the name holds no spec.
    static func items(inModel name: String) throws(FakeSpecError) -> [FakeSpecItem] {
        guard let start = specStart(in: name) else { return [] }
        // OpenRouter's variants (`:free`) come after the spec.
        let words = name[start...].prefix { $0 != ":" }.split(separator: "-", omittingEmptySubsequences: false)
        guard let first = words.first, FakeBehaviour.takesValue(String(first)) != nil else { return [] }
        var items: [FakeSpecItem] = []
        var index = words.startIndex
        while index < words.endIndex {
            let word = String(words[index])
            index += 1
            guard FakeBehaviour.takesValue(word) == true else {
                items.append(FakeSpecItem(name: word, value: nil))
                continue
            }
            guard index < words.endIndex else { throw FakeSpecError(message: "'\(word)' needs a value") }
            items.append(FakeSpecItem(name: word, value: PercentCoding.decode(words[index])))
            index += 1
        }
        return items
    }

    /// Where the text after `fake-` begins; `fake-` must start the name or follow a separator.
    private static func specStart(in name: String) -> String.Index? {
        let bytes = name.utf8
        var start = bytes.startIndex
        while start < bytes.endIndex {
            let rest = bytes[start...]
            if rest.starts(with: "fake-".utf8) {
                return bytes.index(start, offsetBy: 5, limitedBy: bytes.endIndex)
            }
            guard let separator = rest.firstIndex(where: { "-/:.".utf8.contains($0) }) else { return nil }
            start = bytes.index(after: separator)
        }
        return nil
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }

    /// Microseconds of `250us`, `500ms`, `2s`, `1m`, or plain milliseconds; at most a day.
    static func duration(_ text: String) -> Int? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int(digits) else { return nil }
        let unit: Int
        switch text.dropFirst(digits.count) {
        case "us": unit = 1
        case "ms", "": unit = 1000
        case "s": unit = 1_000_000
        case "m": unit = 60_000_000
        default: return nil
        }
        let (value, overflow) = number.multipliedReportingOverflow(by: unit)
        return overflow || value > 86_400_000_000 ? nil : value
    }

    /// A count such as `12`, `64k`, `2M`; at most 256 Mi.
    static func count(_ text: String) -> Int? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int(digits) else { return nil }
        let unit: Int
        switch text.dropFirst(digits.count) {
        case "": unit = 1
        case "k": unit = 1 << 10
        case "M": unit = 1 << 20
        default: return nil
        }
        let (value, overflow) = number.multipliedReportingOverflow(by: unit)
        return overflow || value > 1 << 28 ? nil : value
    }
}
