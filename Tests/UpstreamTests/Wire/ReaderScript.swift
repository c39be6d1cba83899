@testable import Upstream

/// What a ``ResponseReader`` made of some bytes, body parts joined.
struct ReaderScript: Hashable {
    enum Ending: Hashable {
        case open, complete
        case failed(ResponseFault)
    }

    var status = 0
    var fields = ""
    var length: Int?
    var heads = 0
    var body: [UInt8] = []
    var ending = Ending.open
    var keepsAlive = true
    /// Bytes behind the answer.
    var rest: [UInt8] = []

    /// Feeds the bytes in pieces that end at the given places.
    ///
    /// - Parameter closes: Whether the connection ends after them.
    init(_ bytes: [UInt8], cuts: [Int] = [], isHead: Bool = false, closes: Bool = false) {
        var reader = ResponseReader(isBodyless: isHead)
        var start = 0
        for cut in cuts + [bytes.count] {
            // A copy of its own, so that a pointer kept too long is found by a sanitizer.
            let piece = Array(bytes[start..<cut])
            start = cut
            let left = piece.withUnsafeBytes { self.feed(&reader, $0) }
            if self.ending == .complete {
                self.rest = Array(piece.suffix(left)) + Array(bytes[start...])
            }
            if self.ending != .open { break }
        }
        if closes, self.ending == .open { self.finish(reader.endOfInput()) }
        self.keepsAlive = reader.keepsAlive
    }

    init(_ text: String, cuts: [Int] = [], isHead: Bool = false, closes: Bool = false) {
        self.init(Array(text.utf8), cuts: cuts, isHead: isHead, closes: closes)
    }

    private mutating func feed(_ reader: inout ResponseReader, _ piece: UnsafeRawBufferPointer) -> Int {
        var input = piece
        while true {
            switch reader.next(&input) {
            case .more:
                return 0
            case .head:
                self.heads += 1
                self.status = reader.status
                self.fields = reader.fields.text
                self.length = reader.announcedLength
            case .body(let part):
                self.body += Array(part)
            case let step:
                self.finish(step)
                return input.count
            }
        }
    }

    private mutating func finish(_ step: ResponseReader.Step) {
        switch step {
        case .end: self.ending = .complete
        case .failed(let fault): self.ending = .failed(fault)
        default: break
        }
    }
}
