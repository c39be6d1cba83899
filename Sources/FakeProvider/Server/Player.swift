import NIOCore

/// Where a connection is in its ``Playback``; says what to do next and does nothing itself.
struct Player {
    enum Step {
        case write(ByteBuffer)
        /// Call ``pauseIsOver()`` at this time, then go on.
        case pause(NIODeadline)
        /// The socket is full: go on when it takes bytes again.
        case blocked
        case end(Playback.Ending)
    }

    /// Larger sends go out in pieces of this size, so that a slow reader holds them up.
    private static let largestWrite = 64 * 1024

    /// The request's number in the record; 0 for none.
    let id: Int
    private let playback: Playback
    private var buffer: ByteBuffer
    private var index = 0
    /// Whether the pause before the current send is over.
    private var hasPaused = false
    private var due = NIODeadline.now()

    /// Content chunks handed to the socket.
    private(set) var chunks = 0
    /// Bytes handed to the socket.
    private(set) var sent = 0
    var isBlocked = false
    var timer: Scheduled<Void>?

    init(_ playback: Playback, id: Int) {
        self.id = id
        self.playback = playback
        buffer = ByteBuffer(bytes: playback.bytes)
    }

    mutating func pauseIsOver() {
        hasPaused = true
        timer = nil
    }

    func cancel() {
        timer?.cancel()
    }

    mutating func next(isWritable: Bool) -> Step {
        guard index < playback.sends.count else {
            if playback.endingPause > 0, !hasPaused { return pause(playback.endingPause) }
            return .end(playback.ending)
        }
        let send = playback.sends[index]
        if send.pause > 0, !hasPaused { return pause(send.pause) }
        if !isWritable {
            isBlocked = true
            return .blocked
        }
        if let place = send.stampAt { stamp(place) }
        let length = min(send.end - sent, Self.largestWrite)
        let bytes = buffer.getSlice(at: buffer.readerIndex + sent, length: length) ?? ByteBuffer()
        sent += length
        if sent >= send.end {
            chunks += send.chunks
            index += 1
            hasPaused = false
        }
        return .write(bytes)
    }

    /// Pauses are measured from the planned time of the send before, so that lateness does not add up; after a
    /// blocked socket they start anew.
    private mutating func pause(_ microseconds: Int) -> Step {
        let now = NIODeadline.now()
        due = max(due + .microseconds(Int64(clamping: microseconds)), now)
        return .pause(due)
    }

    /// Overwrites the 16 digits after the mark with the clock.
    private mutating func stamp(_ place: Int) {
        let digits = String(NIODeadline.now().uptimeNanoseconds % 10_000_000_000_000_000)
        let padded = String(repeating: "0", count: 16 - digits.utf8.count) + digits
        buffer.setString(padded, at: buffer.readerIndex + place)
    }
}
