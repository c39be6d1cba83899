#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

// The lines of a response: status, header fields, lengths of chunks, trailers.
extension ResponseReader {
    /// One line without its line feed.
    mutating func read(_ line: UnsafeRawBufferPointer) -> Step? {
        let hasReturn = line.last == 0x0D
        let text = hasReturn ? UnsafeRawBufferPointer(rebasing: line.dropLast()) : line
        switch self.state {
        case .statusLine: return self.readStatus(text)
        case .fields: return text.isEmpty ? self.finishHead() : self.readField(text)
        case .trailers:
            if text.isEmpty { self.state = .complete }
            return nil
        default:
            // Here a bare line feed is refused: the length of everything behind it depends on where the line ends.
            return hasReturn ? self.readChunkSize(text) : self.fail(.badChunk)
        }
    }

    /// `HTTP/1.x NNN`, and whatever follows after a blank. Its first seven bytes have been looked at.
    private mutating func readStatus(_ line: UnsafeRawBufferPointer) -> Step? {
        guard line.count >= 12, Self.isDigit(line[7]), line[8] == 0x20, line.count == 12 || line[12] == 0x20 else {
            return self.fail(.badStatusLine)
        }
        var status = 0
        for byte in line[9..<12] {
            guard Self.isDigit(byte) else { return self.fail(.badStatusLine) }
            status = status * 10 + Int(byte - 0x30)
        }
        guard status >= 100 else { return self.fail(.badStatusLine) }
        guard status != 101 else { return self.fail(.switchedProtocols) }
        self.status = status
        self.isHTTP10 = line[7] == 0x30
        self.keepsAlive = !self.isHTTP10
        self.state = .fields
        return nil
    }

    private mutating func finishHead() -> Step? {
        guard self.status >= 200 else {
            // An interim response; the final one is still to come.
            self.state = .statusLine
            self.endsInFramingField = false
            return nil
        }
        self.beginBody()
        return .head
    }

    private mutating func readField(_ line: UnsafeRawBufferPointer) -> Step? {
        guard let base = line.baseAddress, memchr(base, 0, line.count) == nil, memchr(base, 0x0D, line.count) == nil
        else { return self.fail(.badField) }
        if Self.isBlank(line[0]) { return self.readFold(line) }
        guard let colon = memchr(base, 0x3A, line.count) else { return self.fail(.badField) }
        let nameLength = base.distance(to: UnsafeRawPointer(colon))
        guard nameLength > 0, line.prefix(nameLength).allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            return self.fail(.badField)
        }
        guard self.status >= 200 else { return nil }
        self.keep(line)
        return self.interpret(line, nameLength: nameLength)
    }

    /// A folded line belongs to the one before it (RFC 9112, section 5.2).
    private mutating func readFold(_ line: UnsafeRawBufferPointer) -> Step? {
        guard self.status >= 200 else { return nil }
        guard !self.fields.isEmpty, !self.endsInFramingField else { return self.fail(.badField) }
        self.fields.removeLast(2)
        self.keep(line)
        return nil
    }

    private mutating func keep(_ line: UnsafeRawBufferPointer) {
        if self.fields.isEmpty { self.fields.reserveCapacity(512) }
        self.fields.append(contentsOf: line)
        self.fields.append(0x0D)
        self.fields.append(0x0A)
    }

    /// Acts on the fields that say where the body and the connection end.
    private mutating func interpret(_ line: UnsafeRawBufferPointer, nameLength: Int) -> Step? {
        self.endsInFramingField = false
        let first = line[0] | 0x20
        guard first == 0x63 || first == 0x74 else { return nil }  // c, t
        let name = UnsafeRawBufferPointer(rebasing: line.prefix(nameLength))
        let value = Self.trimmed(UnsafeRawBufferPointer(rebasing: line.dropFirst(nameLength + 1)))
        switch nameLength {
        case 14 where Self.equals(name, "content-length"):
            self.endsInFramingField = true
            return self.readLength(value)
        case 17 where Self.equals(name, "transfer-encoding"):
            self.endsInFramingField = true
            return self.readTransferCoding(value)
        case 10 where Self.equals(name, "connection"):
            self.endsInFramingField = true
            self.readConnection(value)
            return nil
        default:
            return nil
        }
    }

    /// A number, or the same number several times, as some intermediaries make of repeated fields.
    private mutating func readLength(_ value: UnsafeRawBufferPointer) -> Step? {
        var rest: UnsafeRawBufferPointer? = value
        while let digits = Self.nextElement(&rest) {
            guard (1...18).contains(digits.count), digits.allSatisfy(Self.isDigit) else { return self.fail(.badLength) }
            let length = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
            if let known = self.announcedLength, known != length { return self.fail(.conflictingLengths) }
            self.announcedLength = length
        }
        return nil
    }

    private mutating func readTransferCoding(_ value: UnsafeRawBufferPointer) -> Step? {
        guard !self.hasTransferCoding, Self.equals(value, "chunked") else { return self.fail(.badTransferCoding) }
        self.hasTransferCoding = true
        self.isChunked = true
        return nil
    }

    /// `close` wins, wherever it stands.
    private mutating func readConnection(_ value: UnsafeRawBufferPointer) {
        var rest: UnsafeRawBufferPointer? = value
        while let option = Self.nextElement(&rest) {
            if Self.equals(option, "close") {
                self.keepsAlive = false
                self.isToClose = true
            } else if Self.equals(option, "keep-alive"), !self.isToClose {
                self.keepsAlive = true
            }
        }
    }

    /// Hexadecimal digits, then nothing or extensions, which are skipped.
    private mutating func readChunkSize(_ line: UnsafeRawBufferPointer) -> Step? {
        var size = 0
        var digits = 0
        for byte in line {
            guard let digit = Self.hexDigit(byte) else { break }
            digits += 1
            guard digits <= 15 else { return self.fail(.badChunk) }
            size = size << 4 | digit
        }
        let rest = line.dropFirst(digits).drop(while: Self.isBlank)
        guard digits > 0, rest.isEmpty || rest.first == 0x3B, !rest.contains(0x0D) else { return self.fail(.badChunk) }
        self.left = size
        self.state = size == 0 ? .trailers : .chunk
        return nil
    }

    /// The next element of a list with commas, trimmed; nil when there is none left.
    private static func nextElement(_ rest: inout UnsafeRawBufferPointer?) -> UnsafeRawBufferPointer? {
        guard let list = rest else { return nil }
        guard let comma = list.firstIndex(of: 0x2C) else {
            rest = nil
            return self.trimmed(list)
        }
        rest = UnsafeRawBufferPointer(rebasing: list[(comma + 1)...])
        return self.trimmed(UnsafeRawBufferPointer(rebasing: list[..<comma]))
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    private static func hexDigit(_ byte: UInt8) -> Int? {
        switch byte {
        case 0x30...0x39: Int(byte) - 0x30
        case 0x41...0x46: Int(byte) - 0x37
        case 0x61...0x66: Int(byte) - 0x57
        default: nil
        }
    }

    private static func trimmed(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        var (start, end) = (0, bytes.count)
        while start < end, Self.isBlank(bytes[start]) { start += 1 }
        while end > start, Self.isBlank(bytes[end - 1]) { end -= 1 }
        return UnsafeRawBufferPointer(rebasing: bytes[start..<end])
    }

    /// Whether the bytes are this word of lower-case letters and hyphens, in any case.
    private static func equals(_ bytes: UnsafeRawBufferPointer, _ word: StaticString) -> Bool {
        guard bytes.count == word.utf8CodeUnitCount else { return false }
        for index in 0..<bytes.count {
            let expected = word.utf8Start[index]
            let byte = bytes[index]
            guard byte == expected || (byte >= 0x41 && byte <= 0x5A && byte | 0x20 == expected) else { return false }
        }
        return true
    }
}
