/// A model's name taken apart: what it is called without its date, and which version of which line it is.
package struct ModelName: Sendable, Hashable {
    /// The name without the parts that numbers make: `claude-sonnet`, `gpt-mini`, `gemini-flash-lite`, `o-mini`.
    package let line: String
    /// `[4, 5]` of `claude-sonnet-4-5` and of `gemini-4.5-flash`; empty for names without numbers.
    package let version: [Int]

    package init(_ name: String) {
        var words: [Substring] = []
        var version: [Int] = []
        for word in Self.words(of: name) where !Self.stages.contains(word) {
            let numbers = word.split(separator: ".", omittingEmptySubsequences: false).map { Self.number($0, upTo: 2) }
            if !numbers.contains(nil) {
                version += numbers.compactMap { $0 }
            } else if words.isEmpty, word.first == "o", let number = Self.number(word.dropFirst(), upTo: 2) {
                // OpenAI's o-series writes its number without a hyphen.
                words.append("o")
                version.append(number)
            } else {
                words.append(word)
            }
        }
        line = words.joined(separator: "-")
        self.version = version
    }

    /// The same name without `-latest`, dates (`-20250929`, `-2024-08-06`, `-09-2025`, `-0125`) and revisions (`-001`).
    package static func undated(_ name: String) -> String {
        var words = Self.words(of: String(name.prefix { $0 != "@" }))
        while let count = datedWords(words), words.count > count { words.removeLast(count) }
        return words.joined(separator: "-")
    }

    /// ``undated(_:)``, and without `-preview` and the like.
    package static func plain(_ name: String) -> String {
        words(of: undated(name)).filter { !stages.contains($0) }.joined(separator: "-")
    }

    private static let stages: Set<Substring> = ["preview", "exp", "experimental"]

    private static func words(of name: String) -> [Substring] {
        name.split(separator: "-", omittingEmptySubsequences: false)
    }

    /// How many words at the end are a date or revision; nil if none.
    private static func datedWords(_ words: [Substring]) -> Int? {
        let lengths = words.suffix(3).map { number($0, upTo: 8) == nil ? 0 : $0.utf8.count }
        if words.last == "latest" { return 1 }
        if lengths == [4, 2, 2] { return 3 }
        if lengths.last == 8 { return 1 }
        if lengths.suffix(2) == [2, 4] { return 2 }
        // `-preview-06-05`
        if lengths.suffix(2) == [2, 2], words.dropLast(2).last == "preview" { return 2 }
        if lengths.last == 4 || (lengths.last == 3 && words.last?.first == "0") { return 1 }
        return nil
    }

    private static func number(_ word: Substring, upTo length: Int) -> Int? {
        guard !word.isEmpty, word.utf8.count <= length, word.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return Int(word)
    }

    /// Whether this version comes before (or is) the other's.
    func isUpTo(_ other: ModelName) -> Bool {
        !other.version.lexicographicallyPrecedes(version)
    }
}
