/// Read-only bytes of a document, borrowed for the length of one closure.
///
/// The only type of this module that touches unsafe memory. Every access is checked against `count`, in
/// release builds too: outside of it a byte reads as 0 (which no JSON grammar accepts) and a word as nil,
/// so a wrong index in a parser is a syntax error and not a read of foreign memory.
struct ByteView {
    private let buffer: UnsafeRawBufferPointer

    /// The buffer must outlive the view; views never leave the closure that lends the buffer.
    init(_ buffer: UnsafeBufferPointer<UInt8>) {
        self.buffer = UnsafeRawBufferPointer(buffer)
    }

    private init(raw: UnsafeRawBufferPointer) {
        buffer = raw
    }

    @inline(__always) var count: Int { buffer.count }

    /// The byte at `index`, 0 outside the view.
    @inline(__always) subscript(index: Int) -> UInt8 {
        guard UInt(bitPattern: index) < UInt(bitPattern: buffer.count) else { return 0 }
        return buffer[index]
    }

    /// Eight bytes from `index`, the first in the lowest bits; nil when fewer are left.
    @inline(__always) func word(at index: Int) -> UInt64? {
        guard index >= 0, index <= buffer.count &- 8 else { return nil }
        return UInt64(littleEndian: buffer.loadUnaligned(fromByteOffset: index, as: UInt64.self))
    }

    /// The part of `range` that lies inside the view.
    func slice(_ range: Range<Int>) -> ByteView {
        ByteView(raw: part(range))
    }

    func bytes(_ range: Range<Int>) -> [UInt8] {
        Array(part(range))
    }

    /// Bad sequences become U+FFFD; callers pass what a scan has validated.
    func text(_ range: Range<Int>) -> String {
        String(decoding: part(range), as: UTF8.self)
    }

    func append(_ range: Range<Int>, to output: inout [UInt8]) {
        output.append(contentsOf: part(range))
    }

    func hash(_ range: Range<Int>, into hasher: inout Hasher) {
        hasher.combine(bytes: part(range))
    }

    /// Byte for byte equality of two ranges of this view.
    @inline(__always) func equal(_ first: Range<Int>, _ second: Range<Int>) -> Bool {
        guard first.count == second.count else { return false }
        var offset = 0
        while offset < first.count {
            guard self[first.lowerBound &+ offset] == self[second.lowerBound &+ offset] else { return false }
            offset &+= 1
        }
        return true
    }

    /// Rebased rather than sliced: the standard library copies a buffer at once, a slice byte by byte.
    private func part(_ range: Range<Int>) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: buffer[range.clamped(to: 0..<buffer.count)])
    }
}

extension [UInt8] {
    /// Lends a view of the whole array to `body`.
    func withByteView<Result, Failure: Error>(
        _ body: (ByteView) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try withUnsafeBufferPointer { buffer throws(Failure) in try body(ByteView(buffer)) }
    }
}

extension ArraySlice<UInt8> {
    /// Lends a view of the slice to `body`; the view counts from 0, not from `startIndex`.
    func withByteView<Result, Failure: Error>(
        _ body: (ByteView) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try withUnsafeBufferPointer { buffer throws(Failure) in try body(ByteView(buffer)) }
    }
}

extension StaticString {
    /// Lends a view of the UTF-8 text to `body`.
    func withByteView<Result>(_ body: (ByteView) -> Result) -> Result {
        withUTF8Buffer { body(ByteView($0)) }
    }
}
