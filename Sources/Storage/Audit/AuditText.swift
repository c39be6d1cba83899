/// Texts as an audit row may hold them: bounded, on one line, and storable in both databases.
enum AuditText {
    /// In bytes of UTF-8.
    static let limit = 256
    /// In bytes of UTF-8. A page of rows with two such details each still fits into memory easily.
    static let detailLimit = 64 * 1024

    /// Replaces control characters (PostgreSQL stores no U+0000, and a line break would forge a line of a printed
    /// list) and cuts what is longer than ``limit``.
    static func clean(_ text: String) -> String {
        var clean = ""
        var count = 0
        for scalar in text.unicodeScalars {
            let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
            let kept: Unicode.Scalar = isControl ? "\u{FFFD}" : scalar
            count += UTF8.width(kept)
            guard count <= limit else { return clean + "…" }
            clean.unicodeScalars.append(kept)
        }
        return clean
    }

    /// JSON text as it is; what is too long is replaced by a note of its length, because half a document is none.
    static func detail(_ json: String?) -> String? {
        guard let json else { return nil }
        let count = json.utf8.count
        guard count <= detailLimit else { return "{\"omitted_bytes\":\(count)}" }
        // Valid JSON has none.
        return json.utf8.contains(0) ? String(json.filter { $0 != "\0" }) : json
    }
}
