#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Reads one HTTP/1.1 response (RFC 9112) from bytes as they arrive, in pieces of any size. Pure.
///
/// The caller asks for the next ``Step`` until there is ``Step/more`` to read. Body bytes are handed out as parts of
/// the input, so a chunk costs neither a copy nor an allocation. Lenient where all readers agree (bare line feeds,
/// folded lines), strict wherever two of them could see different ends of the answer.
struct ResponseReader {
    enum Step {
        /// The input is used up.
        case more
        /// ``status``, ``fields`` and ``announcedLength`` are those of the final response. Once, before the body.
        case head
        /// Part of the input, at least one byte.
        case body(UnsafeRawBufferPointer)
        /// The response is complete. What is left in the input does not belong to it.
        case end
        case failed(ResponseFault)
    }

    enum State: UInt8 {
        case statusLine, fields, fixed, untilClose, chunkSize, chunk, chunkReturn, chunkFeed, trailers, complete, failed
    }

    /// Bound of everything but the body: interim responses, head and trailers together.
    static let maxHeadBytes = HeadCollector.maxBytes
    /// Bound of a line with a chunk's length and extensions.
    static let maxChunkLineBytes = 4_096

    var state = State.statusLine
    var status = 0
    /// `name: value` CR LF, without the status line.
    var fields: [UInt8] = []
    /// Of the body; nil when the head does not say.
    var announcedLength: Int?
    /// Whether the connection may be used for another request once this response is complete.
    var keepsAlive = true
    /// Whether any byte has been read.
    private(set) var hasBegun = false

    var fault = ResponseFault.cut
    /// The method was HEAD: whatever the head says, there is no body.
    private let isBodyless: Bool
    /// Minor version 0.
    var isHTTP10 = false
    var isChunked = false
    var hasTransferCoding = false
    /// `Connection: close` was read.
    var isToClose = false
    /// The last line was one that decides on the body's end or the connection's; it must not be folded.
    var endsInFramingField = false
    /// Bytes left of a body of known length, or of a chunk.
    var left = 0
    private var headBytes = 0
    /// A line of which the end has not arrived.
    private var partial: [UInt8] = []

    init(isBodyless: Bool = false) {
        self.isBodyless = isBodyless
    }

    /// What comes next in `input`, which is shortened by what was used.
    mutating func next(_ input: inout UnsafeRawBufferPointer) -> Step {
        while true {
            switch self.state {
            case .complete:
                return .end
            case .failed:
                return .failed(self.fault)
            case .statusLine, .fields, .chunkSize, .trailers:
                if input.isEmpty { return .more }
                self.hasBegun = true
                if let step = self.takeLine(&input) { return step }
            case .fixed, .chunk:
                if input.isEmpty { return .more }
                return .body(self.takeBody(&input))
            case .untilClose:
                if input.isEmpty { return .more }
                return .body(Self.split(&input, at: input.count))
            case .chunkReturn, .chunkFeed:
                guard let byte = input.first else { return .more }
                guard byte == (self.state == .chunkReturn ? 0x0D : 0x0A) else { return self.fail(.badChunk) }
                _ = Self.split(&input, at: 1)
                self.state = self.state == .chunkReturn ? .chunkFeed : .chunkSize
            }
        }
    }

    /// The connection has ended: ``Step/end`` if that is how the response says it ends, else a failure.
    mutating func endOfInput() -> Step {
        switch self.state {
        case .untilClose, .complete:
            self.state = .complete
            return .end
        case .failed:
            return .failed(self.fault)
        default:
            return self.fail(.cut)
        }
    }

    /// The head is that of the final response.
    var hasHead: Bool {
        switch self.state {
        case .statusLine, .fields: false
        case .failed: self.isPastHead
        default: true
        }
    }

    private var isPastHead = false

    mutating func fail(_ fault: ResponseFault) -> Step {
        self.isPastHead = self.hasHead
        self.state = .failed
        self.fault = fault
        self.keepsAlive = false
        self.partial = []
        return .failed(fault)
    }

    /// The head is complete; what follows it (RFC 9112, section 6.3).
    mutating func beginBody() {
        if self.isBodyless || self.status == 204 || self.status == 304 {
            self.state = .complete
        } else if self.isChunked {
            // A length besides, or chunks from a server that does not know them: framing somebody may see otherwise.
            if self.announcedLength != nil || self.isHTTP10 { self.keepsAlive = false }
            self.announcedLength = nil
            self.state = .chunkSize
        } else if let length = self.announcedLength {
            self.left = length
            self.state = length == 0 ? .complete : .fixed
        } else {
            self.keepsAlive = false
            self.state = .untilClose
        }
    }

    private mutating func takeBody(_ input: inout UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        let part = Self.split(&input, at: min(self.left, input.count))
        self.left -= part.count
        if self.left == 0 { self.state = self.state == .chunk ? .chunkReturn : .complete }
        return part
    }

    /// Takes bytes up to the end of a line. nil when there is nothing to report.
    private mutating func takeLine(_ input: inout UnsafeRawBufferPointer) -> Step? {
        guard let base = input.baseAddress else { return .more }
        if self.state == .statusLine, !self.startsLikeHTTP(input) { return self.fail(.notHTTP) }
        let feed = memchr(base, 0x0A, input.count)
        let count = feed.map { base.distance(to: UnsafeRawPointer($0)) + 1 } ?? input.count
        if self.state == .chunkSize {
            guard self.partial.count + count <= Self.maxChunkLineBytes else { return self.fail(.badChunk) }
        } else {
            self.headBytes += count
            guard self.headBytes <= Self.maxHeadBytes else { return self.fail(.headTooLarge) }
        }
        let piece = Self.split(&input, at: count)
        guard feed != nil else {
            self.partial.append(contentsOf: piece)
            return .more
        }
        guard !self.partial.isEmpty else { return self.read(UnsafeRawBufferPointer(rebasing: piece.dropLast())) }
        var line = self.partial
        self.partial = []
        line.append(contentsOf: piece.dropLast())
        return line.withUnsafeBytes { self.read($0) }
    }

    /// Only so far as the bytes go, so that an answer that is something else is refused before its first line ends.
    private func startsLikeHTTP(_ input: UnsafeRawBufferPointer) -> Bool {
        let name: StaticString = "HTTP/1."
        var position = self.partial.count
        for byte in input.prefix(name.utf8CodeUnitCount) {
            if position >= name.utf8CodeUnitCount { break }
            if byte != name.utf8Start[position] { return false }
            position += 1
        }
        return true
    }

    private static func split(_ input: inout UnsafeRawBufferPointer, at count: Int) -> UnsafeRawBufferPointer {
        let front = UnsafeRawBufferPointer(rebasing: input.prefix(count))
        input = UnsafeRawBufferPointer(rebasing: input.dropFirst(count))
        return front
    }
}
