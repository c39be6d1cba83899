/// Collects the head of the final response from libcurl's header callback, which also delivers interim responses
/// (1xx) before it and trailers after it.
struct HeadCollector: Sendable {
    enum Outcome: Sendable, Hashable {
        case more
        /// The head of the final response is there.
        case complete
        case tooLarge
    }

    /// Above this a head is an attack or a fault. libcurl limits only single lines (100 KiB).
    static let maxBytes = 256 * 1024

    private(set) var status = 0
    /// `name: value` CR LF, without the status line.
    private(set) var raw: [UInt8] = []
    private(set) var isComplete = false

    /// Takes one line with its line end.
    mutating func take(_ line: UnsafeRawBufferPointer) -> Outcome {
        if self.isComplete { return .more }  // A trailer.
        var end = line.count
        while end > 0, line[end - 1] == 0x0A || line[end - 1] == 0x0D { end -= 1 }
        let text = UnsafeRawBufferPointer(rebasing: line[..<end])
        if text.isEmpty {
            self.isComplete = self.status >= 200
            return self.isComplete ? .complete : .more
        }
        if text.starts(with: "HTTP/".utf8) {
            self.raw.removeAll(keepingCapacity: true)
            self.status = Self.status(of: text)
            return .more
        }
        if text[0] == 0x20 || text[0] == 0x09, self.raw.count >= 2 {
            self.raw.removeLast(2)  // A folded line belongs to the one before it (RFC 9112, section 5.2).
        } else if self.raw.isEmpty {
            self.raw.reserveCapacity(512)
        }
        self.raw.append(contentsOf: text)
        self.raw.append(0x0D)
        self.raw.append(0x0A)
        return self.raw.count > Self.maxBytes ? .tooLarge : .more
    }

    mutating func reset() {
        self.status = 0
        self.raw = []
        self.isComplete = false
    }

    /// The three digits after the first space of `HTTP/x 200 …`.
    private static func status(of line: UnsafeRawBufferPointer) -> Int {
        guard let space = line.firstIndex(of: 0x20) else { return 0 }
        var value = 0
        for byte in line[(space + 1)...].prefix(3) {
            guard (0x30...0x39).contains(byte) else { return 0 }
            value = value * 10 + Int(byte - 0x30)
        }
        return value
    }
}
