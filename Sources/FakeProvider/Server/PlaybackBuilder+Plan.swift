extension PlaybackBuilder {
    /// The pieces of a body after the faults that count chunks.
    struct Plan {
        struct Piece {
            var bytes: ArraySlice<UInt8>
            /// Microseconds.
            var pause = 0
            var isContent = false
            /// Goes out without HTTP chunk framing.
            var isRaw = false
        }

        private(set) var pieces: [Piece] = []
        /// nil: the body is complete.
        private(set) var ending: Playback.Ending?
        private let behaviour: FakeBehaviour
        private var hasBroken = false

        private static let brokenJSON = "{\"id\":\"broken\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"bro"
        private static let badChunk = ArraySlice("zz\r\nno chunk size\r\n".utf8)

        init(answer: FakeAnswer, behaviour: FakeBehaviour, failureFrame: [UInt8]) {
            self.behaviour = behaviour
            if answer.isStream {
                addStream(answer, failureFrame)
            } else {
                addWhole(answer.body.bytes)
            }
        }

        private mutating func addStream(_ answer: FakeAnswer, _ failureFrame: [UInt8]) {
            let total = answer.body.contentFrames
            let isEvents = answer.headers.first("content-type")?.hasPrefix("text/event-stream") ?? false
            var sent = 0
            for piece in answer.body.pieces {
                let isContent = piece.kind == .content
                let pause = isContent ? (sent == 0 ? behaviour.ttft : behaviour.gap) ?? 0 : 0
                if behaviour.cut == -1 || behaviour.stall == -1 { return end() }
                // Opening frames come before a fault at chunk 0: the provider had begun.
                if piece.kind != .opening {
                    if stops(at: sent, of: total, failureFrame) { return }
                    if hits(behaviour.malformed, sent, total), !hasBroken {
                        hasBroken = true
                        let text = isEvents ? "data: \(Self.brokenJSON)\n\n" : "\(Self.brokenJSON)\n"
                        pieces.append(Piece(bytes: ArraySlice(text.utf8), pause: pause))
                    }
                }
                pieces.append(Piece(bytes: piece.bytes, pause: pause, isContent: isContent))
                if isContent { sent += 1 }
            }
        }

        private mutating func addWhole(_ bytes: [UInt8]) {
            let wait = behaviour.ttft ?? 0
            if let place = behaviour.cut ?? behaviour.stall {
                pieces = [Piece(bytes: bytes[..<(place <= 0 ? 0 : bytes.count / 2)], pause: wait)]
                end()
            } else if behaviour.badframe != nil {
                pieces = [Piece(bytes: bytes[...], pause: wait), Piece(bytes: Self.badChunk, isRaw: true)]
                ending = behaviour.reset ? .reset : .close
            } else if behaviour.malformed != nil {
                // The length must stay what the head says.
                var broken = Array(Self.brokenJSON.utf8.prefix(bytes.count))
                broken += Array(repeating: 0x20, count: bytes.count - broken.count)
                pieces = [Piece(bytes: broken[...], pause: wait)]
            } else {
                pieces = [Piece(bytes: bytes[...], pause: wait, isContent: true)]
            }
        }

        private mutating func end() {
            ending = behaviour.cut == nil ? .silence : behaviour.reset ? .reset : .close
        }

        /// Whether a fault set for `place` happens now; a place behind the last chunk counts as right after it.
        private func hits(_ place: Int?, _ sent: Int, _ total: Int) -> Bool {
            place.map { min($0, total) == sent } ?? false
        }

        /// Whether the answer ends here instead of going on.
        private mutating func stops(at sent: Int, of total: Int, _ failureFrame: [UInt8]) -> Bool {
            if hits(behaviour.cut ?? behaviour.stall, sent, total) {
                end()
                return true
            }
            if hits(behaviour.badframe, sent, total) {
                pieces.append(Piece(bytes: Self.badChunk, isRaw: true))
                ending = behaviour.reset ? .reset : .close
                return true
            }
            if hits(behaviour.fail, sent, total) {
                // HTTP ends cleanly afterwards; the dialect's end marker does not follow.
                let pause = (sent == 0 ? behaviour.ttft : behaviour.gap) ?? 0
                pieces.append(Piece(bytes: failureFrame[...], pause: pause))
                return true
            }
            return false
        }
    }
}
