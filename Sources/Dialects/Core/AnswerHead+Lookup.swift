extension AnswerHead {
    /// The trimmed value of the first header line with this name, nil if there is none. `lowercasedName`
    /// must be lowercase; the lines may be in any case. Costs one pass over the raw headers.
    package func header(_ lowercasedName: StaticString) -> String? {
        lowercasedName.withUTF8Buffer { header(named: $0) }
    }

    /// The media type in lowercase without its parameters: `text/event-stream`. nil when not stated.
    package var contentType: String? {
        guard let value = header("content-type") else { return nil }
        let type = value.prefix { $0 != ";" && $0 != " " }
        return type.isEmpty ? nil : type.lowercased()
    }

    private func header(named name: some RandomAccessCollection<UInt8>) -> String? {
        var lineStart = 0
        while lineStart < rawHeaders.count {
            let rest = rawHeaders[lineStart...]
            let lineEnd = rest.firstIndex(of: UInt8(ascii: "\n")) ?? rawHeaders.count
            let line = rawHeaders[lineStart..<lineEnd]
            if line.count > name.count, line[lineStart + name.count] == UInt8(ascii: ":"),
                zip(line, name).allSatisfy({ Self.lowercased($0) == $1 })
            {
                return Self.trimmed(line.dropFirst(name.count + 1))
            }
            lineStart = lineEnd + 1
        }
        return nil
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> String {
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }
        var value = bytes.drop(while: isSpace)
        while let last = value.last, isSpace(last) { value.removeLast() }
        return String(decoding: value, as: UTF8.self)
    }
}
