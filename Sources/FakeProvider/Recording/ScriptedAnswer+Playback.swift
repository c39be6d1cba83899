extension ScriptedAnswer {
    func playback(for request: FakeRequest) -> Playback {
        var playback = Playback()
        let isChunked = !isRaw && chunked(request)
        let hasBody = isRaw || (status != 204 && status != 304 && request.method != "HEAD")
        let closes = !isRaw && !request.keepAlive
        if !isRaw { writeHead(isChunked, closes: closes, hasBody: hasBody, to: &playback.bytes) }
        playback.sends = [Playback.Send(pause: late.microseconds, end: playback.bytes.count)]
        let parts = hasBody ? parts() : []
        for (index, part) in parts.enumerated() {
            if isChunked {
                PlaybackBuilder.chunk(part, to: &playback.bytes)
            } else {
                playback.bytes += part
            }
            let pause = index == 0 ? 0 : gap.microseconds
            playback.sends.append(Playback.Send(pause: pause, end: playback.bytes.count, chunks: 1))
        }
        if isChunked, hasBody, ending == .complete {
            playback.bytes.add("0\r\n\r\n")
            playback.sends.append(Playback.Send(end: playback.bytes.count))
        }
        switch ending {
        case .complete: playback.ending = closes || closesByHeader ? .close : .keepAlive
        case .cut: playback.ending = .close
        case .reset:
            playback.ending = .reset
            playback.endingPause = Playback.resetDelay
        case .stall: playback.ending = .silence
        }
        playback.isComplete = ending == .complete
        return playback
    }

    private var closesByHeader: Bool {
        headers.first("connection")?.lowercased() == "close"
    }

    private func chunked(_ request: FakeRequest) -> Bool {
        if let coding = headers.first("transfer-encoding") { return coding.lowercased().contains("chunked") }
        return headers.first("content-length") == nil && split != .whole && request.allowsChunked
    }

    private func writeHead(_ isChunked: Bool, closes: Bool, hasBody: Bool, to bytes: inout [UInt8]) {
        var headers = headers
        if isChunked {
            headers.set("transfer-encoding", "chunked")
        } else if headers.first("content-length") == nil, hasBody {
            headers.append(FakeHeader("content-length", String(body.count)))
        }
        if closes { headers.set("connection", "close") }
        PlaybackBuilder.write(status: status, reason: reason, headers: headers, to: &bytes)
    }

    private func parts() -> [ArraySlice<UInt8>] {
        switch split {
        case .whole: return body.isEmpty ? [] : [body[...]]
        case .every(let size): return cut(Array(repeating: max(1, size), count: body.count / max(1, size)))
        case .sizes(let sizes): return cut(sizes)
        case .events: return events()
        }
    }

    private func cut(_ sizes: [Int]) -> [ArraySlice<UInt8>] {
        var parts: [ArraySlice<UInt8>] = []
        var rest = body[...]
        for size in sizes where size > 0 && !rest.isEmpty {
            parts.append(rest.prefix(size))
            rest = rest.dropFirst(size)
        }
        if !rest.isEmpty { parts.append(rest) }
        return parts
    }

    private func events() -> [ArraySlice<UInt8>] {
        let hasBlankLine = firstEnd(of: body[...], blank: true) != nil
        var parts: [ArraySlice<UInt8>] = []
        var rest = body[...]
        while let end = firstEnd(of: rest, blank: hasBlankLine) {
            parts.append(rest[..<end])
            rest = rest[end...]
        }
        if !rest.isEmpty { parts.append(rest) }
        return parts
    }

    /// The index after the first line end, or after the first blank line.
    private func firstEnd(of bytes: ArraySlice<UInt8>, blank: Bool) -> Int? {
        var lineLength = 0
        for index in bytes.indices {
            switch bytes[index] {
            case 0x0A:
                if !blank || lineLength == 0 && index > bytes.startIndex { return index + 1 }
                lineLength = 0
            case 0x0D: break
            default: lineLength += 1
            }
        }
        return nil
    }
}

extension Duration {
    /// Whole microseconds, never negative, at most an hour.
    var microseconds: Int {
        let (seconds, attoseconds) = components
        if seconds < 0 { return 0 }
        return Int(min(seconds, 3600)) * 1_000_000 + Int(max(0, attoseconds) / 1_000_000_000_000)
    }
}
