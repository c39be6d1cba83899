/// Which model names a caller may use: exact names and patterns in which `*` stands for any text.
package struct ModelAllowList: Sendable, Hashable {
    private let names: Set<String>
    private let wildcards: [[UInt8]]
    private let allowsAll: Bool

    /// No restriction beyond the plan's.
    package static let all = ModelAllowList(["*"])

    /// An empty list of patterns restricts nothing; see ``APIKeyRecord``.
    package init(_ patterns: [String]) {
        allowsAll = patterns.isEmpty || patterns.contains("*")
        names = allowsAll ? [] : Set(patterns.filter { !$0.utf8.contains(Self.star) })
        wildcards = allowsAll ? [] : patterns.filter { $0.utf8.contains(Self.star) }.map { Array($0.utf8) }
    }

    /// Takes time linear in the name for each pattern, whatever the pattern.
    package func allows(_ model: String) -> Bool {
        if allowsAll || names.contains(model) { return true }
        guard !wildcards.isEmpty else { return false }
        let bytes = Array(model.utf8)
        return wildcards.contains { Self.matches(pattern: $0, bytes) }
    }

    private static let star = UInt8(ascii: "*")

    /// Splits the pattern at its stars: the first and last parts are anchored, each part in between is
    /// found at its earliest place.
    private static func matches(pattern: [UInt8], _ text: [UInt8]) -> Bool {
        let parts = pattern.split(separator: star, omittingEmptySubsequences: false)
        guard parts.count > 1, let first = parts.first, let last = parts.last else { return pattern == text }
        guard text.count >= first.count + last.count, text.starts(with: first), text.suffix(last.count) == last else {
            return false
        }
        var rest = text.dropFirst(first.count).dropLast(last.count)
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let end = Self.endOfFirst(part, in: rest) else { return false }
            rest = rest[end...]
        }
        return true
    }

    private static func endOfFirst(_ part: ArraySlice<UInt8>, in text: ArraySlice<UInt8>) -> Int? {
        guard text.count >= part.count else { return nil }
        for start in text.startIndex...(text.endIndex - part.count) where text[start...].starts(with: part) {
            return start + part.count
        }
        return nil
    }
}
