/// A text in lowercase (ASCII letters only), to be searched for many phrases.
struct FoldedText {
    private let bytes: [UInt8]

    init(_ text: String) {
        bytes = text.utf8.map { UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0 ? $0 | 0x20 : $0 }
    }

    func hasPrefix(_ phrase: StaticString) -> Bool {
        bytes.count >= phrase.utf8CodeUnitCount && phrase.equals(bytes[..<phrase.utf8CodeUnitCount])
    }

    func contains(_ phrase: StaticString) -> Bool { end(of: phrase) != nil }

    /// The text behind the first occurrence of `phrase`, at most `limit` bytes of it.
    func text(after phrase: StaticString, limit: Int) -> String? {
        end(of: phrase).map { String(decoding: bytes[$0...].prefix(limit), as: UTF8.self) }
    }

    private func end(of phrase: StaticString) -> Int? {
        phrase.withUTF8Buffer { phrase in
            guard let first = phrase.first, phrase.count <= bytes.count else { return nil }
            var start = 0
            while start <= bytes.count - phrase.count {
                if bytes[start] == first {
                    var length = 1
                    while length < phrase.count, bytes[start + length] == phrase[length] { length += 1 }
                    if length == phrase.count { return start + length }
                }
                start += 1
            }
            return nil
        }
    }
}
