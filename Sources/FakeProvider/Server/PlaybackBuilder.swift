/// Lays transport and timing faults over an answer and cuts it into sends.
struct PlaybackBuilder {
    var behaviour: FakeBehaviour
    var request: FakeRequest
    /// The event for `fail=N`.
    var failureFrame: [UInt8] = []

    private enum Framing { case length, chunked, untilClose }

    /// An answer that never comes, for `refuse`, `reset` and `silent`; nil for all other specs.
    func withoutAnswer() -> Playback? {
        var playback = Playback(endingPause: behaviour.late ?? 0, isComplete: false)
        if behaviour.refuse {
            playback.ending = .close
        } else if behaviour.reset, behaviour.cut == nil, behaviour.badframe == nil {
            playback.ending = .reset
        } else if behaviour.silent {
            playback.ending = .silence
        } else {
            return nil
        }
        return playback
    }

    func playback(of original: FakeAnswer) -> Playback {
        var answer = original
        adjust(&answer)
        let plan = Plan(answer: answer, behaviour: behaviour, failureFrame: failureFrame)
        let framing = framing(of: answer)
        let closes = !request.keepAlive || behaviour.close || framing == .untilClose
        var playback = Playback()
        // RFC 9110: no body after 204, 304 and HEAD.
        let hasBody = answer.status != 204 && answer.status != 304 && request.method != "HEAD"
        writeHead(answer, framing, closes: closes, hasBody: hasBody, to: &playback.bytes)
        if hasBody { write(plan, framing, answer, to: &playback) }
        if playback.sends.last?.end != playback.bytes.count {
            playback.sends.append(Playback.Send(end: playback.bytes.count))
        }
        playback.sends[0].pause += behaviour.late ?? 0
        playback.ending = closes ? .close : .keepAlive
        if hasBody, let ending = plan.ending {
            playback.ending = ending
            playback.isComplete = false
            if ending == .reset { playback.endingPause = Playback.resetDelay }
        }
        if hasBody, behaviour.drip != nil { drip(&playback) }
        return playback
    }

    // MARK: The answer as a whole

    private func adjust(_ answer: inout FakeAnswer) {
        if let status = behaviour.status { answer.status = status }
        if behaviour.noend { answer.body = answer.body.dropping { $0 == .ending || $0 == .marker } }
        if behaviour.nodone { answer.body = answer.body.dropping { $0 == .marker } }
        if behaviour.empty { answer.body = FrameBuffer() }
        if let type = behaviour.type { setType(type, &answer) }
        for header in behaviour.headers { answer.headers.set(header.name, header.value) }
    }

    private func setType(_ type: String, _ answer: inout FakeAnswer) {
        switch type {
        case "none": answer.headers.removeAll { $0.isNamed("content-type") }
        case "html": answer.headers.set("content-type", "text/html; charset=utf-8")
        case "text": answer.headers.set("content-type", "text/plain; charset=utf-8")
        case "json": answer.headers.set("content-type", "application/json")
        case "sse": answer.headers.set("content-type", "text/event-stream")
        case "ndjson": answer.headers.set("content-type", "application/x-ndjson")
        default: answer.headers.set("content-type", type)
        }
    }

    private func framing(of answer: FakeAnswer) -> Framing {
        if behaviour.nolength { return .untilClose }
        if answer.isStream || behaviour.badframe != nil { return request.allowsChunked ? .chunked : .untilClose }
        return .length
    }

    private func writeHead(
        _ answer: FakeAnswer, _ framing: Framing, closes: Bool, hasBody: Bool, to bytes: inout [UInt8]
    ) {
        var headers = answer.headers
        switch framing {
        case _ where !hasBody && request.method != "HEAD": break
        case .length: headers.set("content-length", String(answer.body.bytes.count))
        case .chunked: headers.set("transfer-encoding", "chunked")
        case .untilClose: break
        }
        if closes { headers.set("connection", "close") }
        Self.write(status: answer.status, reason: nil, headers: headers, to: &bytes)
    }

    static func write(status: Int, reason: String?, headers: [FakeHeader], to bytes: inout [UInt8]) {
        bytes.add("HTTP/1.1 \(status) \(reason ?? StatusReason.text(status))\r\n")
        for header in headers { bytes.add("\(header.name): \(header.value)\r\n") }
        bytes.add("\r\n")
    }

    // MARK: The body

    private func write(_ plan: Plan, _ framing: Framing, _ answer: FakeAnswer, to playback: inout Playback) {
        // A stream's head leaves at once when the first chunk has to wait.
        if let pause = behaviour.ttft, pause > 0 {
            playback.sends.append(Playback.Send(end: playback.bytes.count))
        }
        for piece in plan.pieces {
            let start = playback.bytes.count
            switch framing {
            case .chunked where piece.isRaw: playback.bytes += piece.bytes
            case .chunked: Self.chunk(piece.bytes, to: &playback.bytes)
            case .length, .untilClose: playback.bytes += piece.bytes
            }
            add(piece, start: start, to: &playback)
        }
        if framing == .chunked, plan.ending == nil {
            playback.bytes.add("0\r\n\r\n")
            playback.sends.append(Playback.Send(end: playback.bytes.count))
        }
        if behaviour.drip == nil { merge(&playback) }
    }

    private func add(_ piece: Plan.Piece, start: Int, to playback: inout Playback) {
        var send = Playback.Send(pause: piece.pause, end: playback.bytes.count, chunks: piece.isContent ? 1 : 0)
        if behaviour.stamp, piece.isContent {
            send.stampAt = Self.position(of: Playback.stampMark, in: playback.bytes[start...]).map { $0 + 1 }
        }
        playback.sends.append(send)
    }

    static func chunk(_ piece: ArraySlice<UInt8>, to bytes: inout [UInt8]) {
        // An empty chunk would end the body.
        if piece.isEmpty { return }
        bytes.add(String(piece.count, radix: 16))
        bytes.add("\r\n")
        bytes += piece
        bytes.add("\r\n")
    }

    private static func position(of mark: [UInt8], in bytes: ArraySlice<UInt8>) -> Int? {
        guard let first = mark.first else { return nil }
        var rest = bytes
        while let index = rest.firstIndex(of: first) {
            rest = rest[index...]
            if rest.starts(with: mark) { return index }
            rest = rest.dropFirst()
        }
        return nil
    }

    /// Sends without a pause between them become one write.
    private func merge(_ playback: inout Playback) {
        var merged: [Playback.Send] = []
        for send in playback.sends {
            if send.pause == 0, send.stampAt == nil, let last = merged.indices.last, merged[last].stampAt == nil {
                merged[last].end = send.end
                merged[last].chunks += send.chunks
            } else {
                merged.append(send)
            }
        }
        playback.sends = merged
    }

    /// Cuts everything after the head into sends of a few bytes, across frames.
    private func drip(_ playback: inout Playback) {
        guard let wanted = behaviour.drip, let first = playback.sends.first else { return }
        let headEnd = Self.position(of: [13, 10, 13, 10], in: playback.bytes[...]).map { $0 + 4 } ?? first.end
        // A huge body in single bytes would need more bookkeeping than body.
        let size = max(wanted, (playback.bytes.count - headEnd) / Self.maxDrips + 1)
        var sends = [Playback.Send(pause: first.pause, end: headEnd)]
        var frames = playback.sends[...]
        var end = headEnd
        while end < playback.bytes.count {
            end = min(end + size, playback.bytes.count)
            var chunks = 0
            while let frame = frames.first, frame.end <= end {
                chunks += frame.chunks
                frames.removeFirst()
            }
            sends.append(Playback.Send(pause: behaviour.gap ?? 10_000, end: end, chunks: chunks))
        }
        playback.sends = sends
    }

    private static let maxDrips = 1 << 20
}
