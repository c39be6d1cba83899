/// A name in which `*` stands for any text, also none.
package struct NamePattern: Sendable, Hashable {
    /// As written in the policy.
    package let text: String
    private let parts: [[UInt8]]

    package init(_ text: String) {
        self.text = text
        parts = text.split(separator: "*", omittingEmptySubsequences: false).map { Array($0.utf8) }
    }

    package var isWildcard: Bool { parts.count > 1 }

    /// Bytes before the first `*`: of two patterns that match, the one with more is the more specific.
    var literalPrefixLength: Int { parts.first?.count ?? 0 }

    /// Bytes that are no `*`.
    var literalLength: Int { parts.reduce(0) { $0 + $1.count } }

    /// Linear: each piece between stars is searched for once, leftmost first.
    package func matches(_ name: String) -> Bool {
        var name = name
        return name.withUTF8 { bytes in
            guard let first = parts.first, let last = parts.last else { return false }
            if parts.count == 1 { return bytes.elementsEqual(first) }
            guard bytes.count >= first.count + last.count, bytes.starts(with: first),
                bytes.suffix(last.count).elementsEqual(last)
            else { return false }
            var rest = bytes[first.count..<(bytes.count - last.count)]
            for part in parts.dropFirst().dropLast() where !part.isEmpty {
                guard let found = Self.find(part, in: rest) else { return false }
                rest = rest[(found + part.count)...]
            }
            return true
        }
    }

    private static func find(_ part: [UInt8], in bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Int? {
        guard bytes.count >= part.count else { return nil }
        return (bytes.startIndex...(bytes.endIndex - part.count)).first { bytes[$0...].starts(with: part) }
    }
}
