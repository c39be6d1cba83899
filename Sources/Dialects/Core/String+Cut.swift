extension String {
    /// At most `limit` bytes of UTF-8 from the start, with `…` where something was left out. Counts bytes because one
    /// character may be arbitrarily long (combining marks).
    func cut(toBytes limit: Int) -> String {
        guard utf8.count > limit else { return self }
        var end = utf8.index(startIndex, offsetBy: max(0, limit))
        while end > startIndex, utf8[end] & 0xC0 == 0x80 { utf8.formIndex(before: &end) }
        return String(decoding: utf8[..<end], as: UTF8.self) + "…"
    }
}
