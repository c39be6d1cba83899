/// Texts are the clients' to choose and end up in the keys of indexes, so they are cut, on the border of a character's
/// encoding.
enum BoundedText {
    /// How many bytes of a text are kept; the text's own length if it is short enough.
    static func length(_ text: String, limit: Int = UsageRecordCodec.maximumTextBytes) -> Int {
        guard text.utf8.count > limit else { return text.utf8.count }
        var end = text.utf8.index(text.startIndex, offsetBy: limit)
        var length = limit
        // A continuation byte cannot begin the part that is left out.
        while length > 0, text.utf8[end] & 0xC0 == 0x80 {
            end = text.utf8.index(before: end)
            length -= 1
        }
        return length
    }
}
