/// What is wrong with the bytes of an answer.
enum ResponseFault: Sendable, Hashable {
    /// The first line is no status line of HTTP/1.
    case notHTTP
    case badStatusLine
    case headTooLarge
    /// A header line without a name, with a blank in its name, or with a control character.
    case badField
    case badLength
    /// Two lengths that differ: whoever believes the other one sees another end of the answer.
    case conflictingLengths
    /// Anything but `chunked`, once; the transport asks for nothing else.
    case badTransferCoding
    case switchedProtocols
    case badChunk
    /// The connection ended before the answer did.
    case cut

    /// Whether the provider or the way to it broke off, as opposed to an answer that was never HTTP.
    var isBroken: Bool { self == .cut || self == .badChunk }

    var reason: String {
        switch self {
        case .notHTTP: "the answer is not HTTP/1"
        case .badStatusLine: "the answer's status line has no status of three digits"
        case .headTooLarge: "the answer's head exceeds \(ResponseReader.maxHeadBytes) bytes"
        case .badField: "the answer has a header line that is not \"name: value\""
        case .badLength: "the answer's Content-Length is not a number of bytes"
        case .conflictingLengths: "the answer has two lengths that differ"
        case .badTransferCoding: "the answer has a transfer coding other than chunked"
        case .switchedProtocols: "the answer switches to another protocol, which nobody asked for"
        case .badChunk: "the answer has a chunk without a valid length"
        case .cut: "the connection was closed before the answer was complete"
        }
    }
}
