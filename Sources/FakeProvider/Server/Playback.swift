/// Exactly what goes onto the socket and when: pure data, carried out by ``ConnectionHandler``.
struct Playback: Sendable {
    struct Send: Sendable, Hashable {
        /// Microseconds to wait before.
        var pause = 0
        /// Where the bytes of this send end in ``Playback/bytes``.
        var end: Int
        /// Content chunks that are complete once this is sent.
        var chunks = 0
        /// Where the clock is written into the bytes, for delay measurements.
        var stampAt: Int?
    }

    enum Ending: Sendable, Hashable {
        /// The answer is complete; the connection stays for the next request.
        case keepAlive
        /// The connection is closed with FIN.
        case close
        /// The connection is closed with RST.
        case reset
        /// Nothing more happens until the peer goes away.
        case silence
    }

    /// Overwritten with the monotonic clock, in nanoseconds, when the piece is sent.
    static let stampMark = Array("@0000000000000000".utf8)
    /// Lets what was sent arrive before RST overtakes it, in microseconds.
    static let resetDelay = 20_000

    var bytes: [UInt8] = []
    var sends: [Send] = []
    var ending = Ending.keepAlive
    /// Microseconds before the ending.
    var endingPause = 0

    /// Whether the ending belongs to a normal answer, as far as HTTP is concerned.
    var isComplete = true
}
