/// How much text a prompt holds, for estimates of its tokens.
enum PromptSize {
    /// Below this, files in a prompt cannot spoil an estimate.
    private static let smallest = 8192
    /// Text has a space, or a byte that is not ASCII, at least this often; base64 has neither.
    private static let blockSize = 1024

    /// Bytes of a JSON value, less what looks like base64.
    static func bytes(of range: Range<Int>, in body: [UInt8]) -> Int {
        let range = range.clamped(to: 0..<body.count)
        guard range.count > smallest else { return range.count }
        let span = body.span
        var total = 0
        var start = range.lowerBound
        while start < range.upperBound {
            let end = min(start &+ blockSize, range.upperBound)
            if isText(span, start, end) { total &+= end &- start }
            start = end
        }
        return total
    }

    /// Text shows itself within a few bytes, so most of a block is not looked at.
    private static func isText(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
        for index in start..<end where bytes[index] == 0x20 || bytes[index] >= 0x80 { return true }
        return false
    }
}
