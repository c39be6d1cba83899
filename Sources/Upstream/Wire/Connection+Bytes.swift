import CCurl

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

// Reading and writing: on the socket itself, or through libcurl's TLS.
extension Connection {
    /// Pieces of a large body over TLS. libcurl wants a piece that was not taken to be offered again unchanged.
    private static let securePiece = 16 * 1024

    func receive(into buffer: UnsafeMutableRawBufferPointer) -> Received {
        guard let secure = self.secure else { return self.receivePlain(into: buffer) }
        var count = 0
        switch curl_easy_recv(secure.easy.curl, buffer.baseAddress, buffer.count, &count) {
        case CURLE_OK: return count > 0 ? .bytes(count) : .end
        case CURLE_AGAIN: return .nothing
        case let code: return .broken(secure.easy.reason(code))
        }
    }

    private func receivePlain(into buffer: UnsafeMutableRawBufferPointer) -> Received {
        while true {
            let count = recv(self.socket, buffer.baseAddress, buffer.count, 0)
            if count > 0 { return .bytes(count) }
            if count == 0 { return .end }
            switch errno {
            case EINTR: continue
            case EAGAIN: return .nothing
            case let code: return .broken(Self.describe(code))
            }
        }
    }

    /// Sends what the socket takes of ``outgoing`` and then of `body`.
    func send(_ body: [UInt8]) -> Sent {
        self.secure.map { self.sendSecure(body, $0) } ?? self.sendPlain(body)
    }

    /// Whether the peer can have seen anything of the request.
    var hasSent: Bool { self.outgoingSent > 0 }

    func hasSentAll(_ body: [UInt8]) -> Bool {
        self.outgoingSent == self.outgoing.count && self.bodySent == body.count
    }

    private func sendPlain(_ body: [UInt8]) -> Sent {
        while !self.hasSentAll(body) {
            let count = self.outgoing.withUnsafeBytes { head in
                body.withUnsafeBytes { body in
                    Self.gather(
                        self.socket, UnsafeRawBufferPointer(rebasing: head.dropFirst(self.outgoingSent)),
                        UnsafeRawBufferPointer(rebasing: body.dropFirst(self.bodySent)))
                }
            }
            if count < 0 {
                switch errno {
                case EINTR: continue
                case EAGAIN: return .some
                case let code: return .broken(Self.describe(code))
                }
            }
            let ofHead = min(count, self.outgoing.count - self.outgoingSent)
            self.outgoingSent += ofHead
            self.bodySent += count - ofHead
        }
        return .all
    }

    /// One system call for both.
    private static func gather(_ socket: Int32, _ head: UnsafeRawBufferPointer, _ body: UnsafeRawBufferPointer) -> Int {
        let flags = Int32(MSG_NOSIGNAL)
        if body.isEmpty { return Glibc.send(socket, head.baseAddress, head.count, flags) }
        if head.isEmpty { return Glibc.send(socket, body.baseAddress, body.count, flags) }
        var parts = (
            iovec(iov_base: UnsafeMutableRawPointer(mutating: head.baseAddress), iov_len: head.count),
            iovec(iov_base: UnsafeMutableRawPointer(mutating: body.baseAddress), iov_len: body.count)
        )
        return withUnsafeMutableBytes(of: &parts) { parts in
            var message = msghdr()
            message.msg_iov = parts.baseAddress?.assumingMemoryBound(to: iovec.self)
            message.msg_iovlen = 2
            return sendmsg(socket, &message, flags)
        }
    }

    private func sendSecure(_ body: [UInt8], _ secure: SecureLink) -> Sent {
        while !self.hasSentAll(body) {
            var count = 0
            let isHead = self.outgoingSent < self.outgoing.count
            let code =
                isHead
                ? self.outgoing.withUnsafeBytes { secure.easy.send($0.dropFirst(self.outgoingSent), &count) }
                : body.withUnsafeBytes {
                    secure.easy.send($0.dropFirst(self.bodySent).prefix(Self.securePiece), &count)
                }
            guard code == CURLE_OK else { return code == CURLE_AGAIN ? .some : .broken(secure.easy.reason(code)) }
            if isHead { self.outgoingSent += count } else { self.bodySent += count }
        }
        return .all
    }

    private static func describe(_ code: Int32) -> String {
        strerror(code).map { String(cString: $0) } ?? "error \(code)"
    }
}

extension EasyHandle {
    fileprivate func send(_ bytes: Slice<UnsafeRawBufferPointer>, _ count: inout Int) -> CURLcode {
        let bytes = UnsafeRawBufferPointer(rebasing: bytes)
        return curl_easy_send(self.curl, bytes.baseAddress, bytes.count, &count)
    }

    /// libcurl's words for what went wrong, in general ones where it has none for this case.
    fileprivate func reason(_ code: CURLcode) -> String {
        let text = self.failureText
        return text.isEmpty ? CurlLibrary.describe(code) : text
    }
}
