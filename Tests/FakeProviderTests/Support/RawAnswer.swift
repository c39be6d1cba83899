import WireJSON

/// One HTTP answer as it came off the socket.
struct RawAnswer: Sendable {
    var status = 0
    var head = ""
    var headers: [(name: String, value: String)] = []
    var body: [UInt8] = []
    /// The HTTP chunks, when the answer was chunked.
    var chunks: [[UInt8]] = []
    /// The message ended as HTTP demands.
    var isComplete = false
    /// Bytes up to the end of the message.
    var length = 0

    var text: String { String(decoding: body, as: UTF8.self) }

    var json: JSONValue { (try? JSONValue(parsing: body)) ?? .null }

    func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name }?.value
    }

    /// nil: more bytes are needed.
    static func parse(_ bytes: [UInt8], isOver: Bool) -> RawAnswer? {
        guard let range = find("\r\n\r\n", in: bytes, from: 0) else { return nil }
        var answer = RawAnswer()
        answer.head = String(decoding: bytes[..<range], as: UTF8.self)
        let lines = answer.head.split(separator: "\r\n")
        answer.status = lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        for line in lines.dropFirst() {
            let pair = line.split(separator: ":", maxSplits: 1)
            answer.headers.append((String(pair[0]), pair.count > 1 ? String(pair[1].drop { $0 == " " }) : ""))
        }
        let start = range + 4
        if answer.status == 100 { return parse(Array(bytes[start...]), isOver: isOver) }
        return answer.readBody(bytes, from: start, isOver: isOver)
    }

    private func readBody(_ bytes: [UInt8], from start: Int, isOver: Bool) -> RawAnswer? {
        var answer = self
        if header("transfer-encoding") == "chunked" { return answer.readChunks(bytes, from: start, isOver: isOver) }
        let isBodiless = status == 204 || status == 304
        if let length = isBodiless ? 0 : header("content-length").flatMap({ Int($0) }) {
            answer.isComplete = bytes.count >= start + length
            if !answer.isComplete && !isOver { return nil }
            answer.body = Array(bytes[start..<min(bytes.count, start + length)])
            answer.length = start + length
            return answer
        }
        guard isOver else { return nil }
        answer.body = Array(bytes[start...])
        answer.isComplete = true
        answer.length = bytes.count
        return answer
    }

    private mutating func readChunks(_ bytes: [UInt8], from start: Int, isOver: Bool) -> RawAnswer? {
        var place = start
        while let end = Self.find("\r\n", in: bytes, from: place) {
            guard let size = Int(String(decoding: bytes[place..<end], as: UTF8.self), radix: 16) else {
                length = bytes.count
                return isOver ? self : nil
            }
            guard bytes.count >= end + 2 + size + 2 else { break }
            place = end + 2 + size + 2
            if size == 0 {
                isComplete = true
                length = place
                return self
            }
            chunks.append(Array(bytes[(end + 2)..<(end + 2 + size)]))
            body += chunks[chunks.count - 1]
        }
        length = bytes.count
        return isOver ? self : nil
    }

    static func find(_ needle: String, in bytes: [UInt8], from start: Int) -> Int? {
        let needle = Array(needle.utf8)
        guard bytes.count >= start + needle.count else { return nil }
        return (start...(bytes.count - needle.count)).first { bytes[$0..<($0 + needle.count)].elementsEqual(needle) }
    }
}

extension RawAnswer {
    /// The events of an event stream: name, data text; comments have the name ":".
    var events: [(name: String, data: String)] {
        text.replacing("\r\n", with: "\n").split(separator: "\n\n").map { block in
            var name = ""
            var data: [Substring] = []
            for line in block.split(separator: "\n") {
                if line.hasPrefix(":") { name = ":" }
                if line.hasPrefix("event: ") { name = String(line.dropFirst(7)) }
                if line.hasPrefix("data: ") { data.append(line.dropFirst(6)) }
            }
            return (name, data.joined(separator: "\n"))
        }
    }

    /// The data of all events that hold JSON.
    var dataObjects: [JSONValue] {
        events.compactMap { try? JSONValue(parsing: Array($0.data.utf8)) }
    }

    /// The lines of an NDJSON body.
    var lines: [JSONValue] {
        text.split(separator: "\n").compactMap { try? JSONValue(parsing: Array($0.utf8)) }
    }

    /// All `choices[0].delta.content` joined.
    var deltaText: String {
        dataObjects.compactMap { $0["choices"]?[0]?["delta"]?["content"]?.stringValue }.joined()
    }
}
