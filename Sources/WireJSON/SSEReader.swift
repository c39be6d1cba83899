/// Server-sent events out of bytes in any split, by the EventSource standard: CR, LF and CR LF, a byte
/// order mark, comments, several `data` lines. Bounded: an event larger than `maxEventBytes` stops it.
///
/// Comments are reported as soon as their line is complete, even inside an event, because providers use
/// them as signs of life. `id` and `retry` fields are ignored: nobody reconnects to a model's answer.
package struct SSEReader: Sendable {
    private var lines = LineBuffer()
    private var name: String?
    private var data: [UInt8] = []
    private var hasData = false
    private var isPastMark = false
    private var isStopped = false
    private let maxEventBytes: Int

    package init(maxEventBytes: Int = 16 << 20) {
        self.maxEventBytes = maxEventBytes
    }

    /// Takes what the stream brought next; then call ``next()`` until it gives nil.
    package mutating func feed(_ bytes: [UInt8]) {
        if !isStopped { lines.append(bytes) }
    }

    /// The next event or comment; nil when more bytes are needed.
    /// - Throws: ``SSEError/eventTooLarge(limit:)``, from then on at every call.
    package mutating func next() throws(SSEError) -> SSEEvent? {
        guard !isStopped else { throw SSEError.eventTooLarge(limit: maxEventBytes) }
        guard passMark() else { return nil }
        while let line = lines.nextLine(Line.init) {
            if let event = take(line) { return event }
            if data.count > maxEventBytes { try stop() }
        }
        if data.count &+ lines.pendingCount > maxEventBytes { try stop() }
        return nil
    }

    /// The stream has ended: an event whose closing blank line never came. Call after ``next()`` gave nil.
    package mutating func finish() -> SSEEvent? {
        guard !isStopped else { return nil }
        if let line = lines.rest(Line.init), let event = take(line) { return event }
        return dispatch()
    }

    private mutating func stop() throws(SSEError) {
        isStopped = true
        lines.removeAll()
        data = []
        throw SSEError.eventTooLarge(limit: maxEventBytes)
    }

    private mutating func passMark() -> Bool {
        if !isPastMark { isPastMark = lines.dropByteOrderMark() }
        return isPastMark
    }

    private mutating func take(_ line: Line) -> SSEEvent? {
        switch line {
        case .blank:
            return dispatch()
        case .comment(let text):
            return SSEEvent(data: text, isComment: true)
        case .data(let bytes):
            if hasData {
                data.append(0x0A)
                data.append(contentsOf: bytes)
            } else {
                data = bytes
                hasData = true
            }
        case .event(let text):
            name = text.isEmpty ? nil : text
        case .other:
            break
        }
        return nil
    }

    /// An event without any `data` line is none.
    private mutating func dispatch() -> SSEEvent? {
        defer {
            name = nil
            data = []
            hasData = false
        }
        return hasData ? SSEEvent(name: name, data: data) : nil
    }
}

/// One line of a stream, told apart by its field name.
private enum Line {
    case blank
    case comment([UInt8])
    case data([UInt8])
    case event(String)
    case other

    init(_ view: ByteView) {
        if view.count == 0 {
            self = .blank
        } else if view[0] == UInt8(ascii: ":") {
            self = .comment(view.bytes(Self.valueStart(after: 0, in: view)..<view.count))
        } else if let value = Self.value(of: "data", in: view) {
            self = .data(view.bytes(value))
        } else if let value = Self.value(of: "event", in: view) {
            self = .event(view.text(value))
        } else {
            self = .other
        }
    }

    /// The value of the field `name`; a line with no colon has an empty value.
    private static func value(of name: StaticString, in view: ByteView) -> Range<Int>? {
        let length = name.utf8CodeUnitCount
        let matches = name.withByteView { field in
            (0..<length).allSatisfy { field[$0] == view[$0] }
        }
        guard matches else { return nil }
        if view.count == length { return length..<length }
        guard view[length] == UInt8(ascii: ":") else { return nil }
        return valueStart(after: length, in: view)..<view.count
    }

    /// Behind the colon and at most one space.
    private static func valueStart(after colon: Int, in view: ByteView) -> Int {
        view[colon &+ 1] == 0x20 ? colon &+ 2 : colon &+ 1
    }
}
