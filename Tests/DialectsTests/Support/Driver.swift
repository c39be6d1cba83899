import Dialects
import Testing

/// What a stream translator made of a provider's bytes.
struct DrivenStream {
    var output: [UInt8] = []
    /// The state after the last byte, or after `end` where that was needed.
    var state = StreamState.waiting
    var usage: TokenUsage?
    var thoughts: [ThoughtRecord] = []
    var deliveredBytes = 0

    var text: String { String(decoding: output, as: UTF8.self) }
    var failure: ProviderFailure? { state.failure }
    var isComplete: Bool { state.isComplete }
}

/// How a provider's bytes arrive.
enum Split: Sendable {
    case whole
    case pieces(of: Int)
    /// Pieces of 1 ... `most` bytes.
    case random(seed: UInt64, most: Int)

    /// Splits that between them cut at every position.
    static let all: [Split] =
        [.whole] + [1, 2, 3, 7, 64, 1000].map { .pieces(of: $0) }
        + (1...6).map { .random(seed: $0, most: $0 < 4 ? 40 : 900) }

    func cut(_ bytes: [UInt8]) -> [[UInt8]] {
        var seed: UInt64 = 0
        if case .random(let given, _) = self { seed = given }
        var generator = SplitMix64(seed: seed)
        var pieces: [[UInt8]] = []
        var start = 0
        while start < bytes.count {
            let size =
                switch self {
                case .whole: bytes.count
                case .pieces(let size): max(1, size)
                case .random(_, let most): 1 + generator.below(most)
                }
            let end = min(bytes.count, start + size)
            pieces.append(Array(bytes[start..<end]))
            start = end
        }
        return pieces
    }
}

enum Driver {
    /// Feeds `bytes` in the given pieces, then ends the body unless the stream is already over.
    /// Checks on the way that nothing is written while the translator waits or after it is done.
    static func run(
        _ translator: any StreamTranslator, _ bytes: [UInt8], split: Split = .whole,
        sourceLocation: SourceLocation = #_sourceLocation
    ) -> DrivenStream {
        var translator = translator
        var stream = DrivenStream()
        for piece in split.cut(bytes) {
            let before = stream.output.count
            let wasComplete = stream.isComplete
            stream.state = translator.feed(piece, into: &stream.output)
            if wasComplete {
                #expect(stream.isComplete, "left .complete after more bytes", sourceLocation: sourceLocation)
                #expect(stream.output.count == before, "wrote after .complete", sourceLocation: sourceLocation)
            }
            if stream.state.isWaiting {
                #expect(stream.output.isEmpty, "wrote while .waiting", sourceLocation: sourceLocation)
            }
            if stream.failure != nil { break }
        }
        if !stream.isComplete, stream.failure == nil {
            stream.state = translator.end(into: &stream.output)
            let isOver = stream.isComplete || stream.failure != nil
            #expect(isOver, "end() left the stream open", sourceLocation: sourceLocation)
        }
        stream.usage = translator.usage
        stream.thoughts = translator.thoughts
        stream.deliveredBytes = translator.deliveredBytes
        return stream
    }

    /// Runs a fresh translator over every split of ``Split/all``; all must give the same. Returns that.
    static func everySplit(
        _ bytes: [UInt8], sourceLocation: SourceLocation = #_sourceLocation, make: () -> any StreamTranslator
    ) -> DrivenStream {
        let reference = run(make(), bytes, sourceLocation: sourceLocation)
        for split in Split.all.dropFirst() {
            let other = run(make(), bytes, split: split, sourceLocation: sourceLocation)
            #expect(other.text == reference.text, "output differs for \(split)", sourceLocation: sourceLocation)
            #expect(other.failure == reference.failure, "failure differs for \(split)", sourceLocation: sourceLocation)
            #expect(other.usage == reference.usage, "usage differs for \(split)", sourceLocation: sourceLocation)
            #expect(other.thoughts == reference.thoughts, "thoughts for \(split)", sourceLocation: sourceLocation)
            #expect(
                other.deliveredBytes == reference.deliveredBytes, "delivered bytes for \(split)",
                sourceLocation: sourceLocation)
        }
        return reference
    }
}
