/// Lines out of bytes in any split, for newline-delimited JSON. Empty lines are passed over.
package struct LineReader: Sendable {
    private var lines = LineBuffer()
    private let maxLineBytes: Int
    /// A line was larger than the bound; the reader gives nothing any more.
    package private(set) var isOverlong = false

    package init(maxLineBytes: Int = 16 << 20) {
        self.maxLineBytes = maxLineBytes
    }

    /// Takes what the stream brought next; then call ``next()`` until it gives nil.
    package mutating func feed(_ bytes: [UInt8]) {
        if !isOverlong { lines.append(bytes) }
    }

    /// The next line without its end; nil when more bytes are needed or ``isOverlong`` became true.
    package mutating func next() -> [UInt8]? {
        while let line = lines.nextLine({ $0.bytes(0..<$0.count) }) {
            if line.count > maxLineBytes { return stop() }
            if !line.isEmpty { return line }
        }
        return lines.pendingCount > maxLineBytes ? stop() : nil
    }

    /// The stream has ended: a last line without its end. Call after ``next()`` gave nil.
    package mutating func finish() -> [UInt8]? {
        lines.rest { $0.bytes(0..<$0.count) }
    }

    private mutating func stop() -> [UInt8]? {
        isOverlong = true
        lines.removeAll()
        return nil
    }
}
