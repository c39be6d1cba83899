/// Bytes in any split, taken out line by line: lines end in LF, CR or CR LF (EventSource standard).
///
/// Each byte is looked at once, however the stream is cut: where the search stopped is remembered, and
/// consumed bytes are moved out of the way only when they are the larger part.
struct LineBuffer: Sendable {
    private var bytes: [UInt8] = []
    private var start = 0
    private var searched = 0
    /// The last line ended in a CR at the end of what was there: a LF that follows belongs to it.
    private var skipsLineFeed = false

    /// Bytes that are not yet part of a complete line.
    var pendingCount: Int { bytes.count &- start }

    mutating func append(_ more: [UInt8]) {
        if start == bytes.count {
            bytes = more
            start = 0
            searched = 0
        } else {
            if start > 4096, start > bytes.count / 2 { compact() }
            bytes.append(contentsOf: more)
        }
    }

    /// Hands the next complete line (without its end) to `body`; nil if there is none yet.
    mutating func nextLine<Result>(_ body: (ByteView) -> Result) -> Result? {
        dropLineFeed()
        let (from, first) = (searched, start)
        let found = bytes.withByteView { view -> (end: Int, byte: UInt8, result: Result)? in
            let end = view.lineBreak(from: from)
            guard end < view.count else { return nil }
            return (end, view[end], body(view.slice(first..<end)))
        }
        guard let found else {
            searched = bytes.count
            return nil
        }
        start = found.end &+ 1
        searched = start
        skipsLineFeed = found.byte == 0x0D
        return found.result
    }

    /// Hands what is left, without a line end, to `body` and becomes empty; nil if nothing is left.
    mutating func rest<Result>(_ body: (ByteView) -> Result) -> Result? {
        dropLineFeed()
        defer { removeAll() }
        guard start < bytes.count else { return nil }
        let range = start..<bytes.count
        return bytes.withByteView { body($0.slice(range)) }
    }

    mutating func removeAll() {
        bytes = []
        start = 0
        searched = 0
        skipsLineFeed = false
    }

    /// Drops a byte order mark at the very start of the stream. False while fewer than three bytes that
    /// agree with one are there: too early to tell.
    mutating func dropByteOrderMark() -> Bool {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let head = bytes[start...].prefix(3)
        guard mark.starts(with: head) else { return true }
        if head.count < 3 { return false }
        start &+= 3
        searched = start
        return true
    }

    private mutating func dropLineFeed() {
        guard skipsLineFeed, start < bytes.count else { return }
        if bytes[start] == 0x0A {
            start &+= 1
            searched = max(searched, start)
        }
        skipsLineFeed = false
    }

    private mutating func compact() {
        bytes.removeSubrange(..<start)
        searched &-= start
        start = 0
    }
}
