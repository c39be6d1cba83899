/// A body with the places where a provider would flush, so that faults can hit exactly "after the third chunk".
struct FrameBuffer: Sendable {
    struct Frame: Sendable, Hashable {
        enum Kind: Sendable, Hashable {
            /// Comes before any content: role chunk, `message_start`, pings, comments.
            case opening
            /// Carries text, thoughts or a piece of a tool call; the only kind that counts as a chunk.
            case content
            /// Finish reason, usage, closing events.
            case ending
            /// The last word of the dialect: `[DONE]`, `message_stop`.
            case marker
        }

        var kind: Kind
        var end: Int
    }

    private(set) var bytes: [UInt8] = []
    private(set) var frames: [Frame] = []

    /// A body without inner boundaries: one content frame.
    static func whole(_ bytes: [UInt8]) -> FrameBuffer {
        var buffer = FrameBuffer()
        buffer.bytes = bytes
        buffer.frames = [Frame(kind: .content, end: bytes.count)]
        return buffer
    }

    /// Appends one frame that `write` fills.
    mutating func add(_ kind: Frame.Kind, _ write: (inout [UInt8]) -> Void) {
        write(&bytes)
        frames.append(Frame(kind: kind, end: bytes.count))
    }

    /// Each frame with its bytes.
    var pieces: [(kind: Frame.Kind, bytes: ArraySlice<UInt8>)] {
        var start = 0
        return frames.map { frame in
            defer { start = frame.end }
            return (frame.kind, bytes[start..<frame.end])
        }
    }

    var contentFrames: Int {
        frames.count { $0.kind == .content }
    }

    /// The same bytes without the frames that `isDropped` selects.
    func dropping(_ isDropped: (Frame.Kind) -> Bool) -> FrameBuffer {
        var kept = FrameBuffer()
        for piece in pieces where !isDropped(piece.kind) {
            kept.add(piece.kind) { $0 += piece.bytes }
        }
        return kept
    }
}

extension [UInt8] {
    mutating func add(_ text: String) {
        append(contentsOf: text.utf8)
    }
}
