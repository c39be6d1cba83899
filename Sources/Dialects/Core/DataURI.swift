/// A `data:` URI with base64 content, as clients send images and files.
package struct DataURI: Sendable, Hashable {
    /// Lowercase, without parameters; empty if the URI states none.
    package var mediaType: String
    /// Standard alphabet without white space.
    package var base64: String

    /// nil unless the text is a data URI with well-formed, non-empty base64 content. Percent-encoded (not
    /// base64) URIs are refused: no provider accepts them.
    package init?(_ text: String) {
        guard text.utf8.prefix(5).elementsEqual("data:".utf8, by: { $0 | 0x20 == $1 || $0 == $1 }),
            let comma = text.utf8.firstIndex(of: UInt8(ascii: ","))
        else { return nil }
        let header = text[text.utf8.index(text.startIndex, offsetBy: 5)..<comma]
        let fields = header.split(separator: ";", omittingEmptySubsequences: false)
        guard fields.count > 1, fields.last?.lowercased() == "base64" else { return nil }
        mediaType = (fields.first ?? "").lowercased()
        guard let content = Self.normalized(text[text.utf8.index(after: comma)...]) else { return nil }
        base64 = content
    }

    /// Base64 text without white space (mail-style line breaks occur); nil if it is empty or not base64.
    package static func normalized(_ text: some StringProtocol) -> String? {
        var body = 0
        var padding = 0
        var spaces = 0
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"):
                guard padding == 0 else { return nil }
                body += 1
            case UInt8(ascii: "="): padding += 1
            case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"): spaces += 1
            default: return nil
            }
        }
        // One character alone encodes no byte; padding, where present, completes a group of four.
        guard body > 0, body % 4 != 1, padding == 0 || (padding <= 2 && (body + padding) % 4 == 0) else { return nil }
        guard spaces > 0 else { return String(text) }
        return String(decoding: text.utf8.filter { $0 > 0x20 }, as: UTF8.self)
    }
}
