import CCurl

// What libcurl's callbacks report.

extension Lane {
    /// An answer byte count other than `data.count` makes libcurl fail the transfer, or pause it.
    func receivedBody(_ data: UnsafeRawBufferPointer) -> Int {
        if self.mustHoldBack {
            self.isPaused = true
            self.clock.pause()
            self.driver.counters.pauses.increase()
            self.driver.markDirty(self)
            return Int(CURL_WRITEFUNC_PAUSE)
        }
        self.receivedBytes += data.count
        if self.receivedBytes > self.byteLimit { return self.reject(self.tooLarge) }
        if self.isHTTP2, !self.isWhole, self.bytes.count + self.unreadBytes > self.driver.configuration.http2BufferLimit
        {
            return self.reject(self.consumerTooSlow)
        }
        self.clock.received(now: self.driver.now)
        self.driver.schedule(self)
        self.bytes.append(contentsOf: data)
        if !self.isWhole { self.driver.markDirty(self) }
        return data.count
    }

    func receivedHeader(_ line: UnsafeRawBufferPointer) -> Int {
        self.clock.received(now: self.driver.now)
        self.driver.schedule(self)
        switch self.collector.take(line) {
        case .more:
            return line.count
        case .tooLarge:
            return self.reject(
                UpstreamFailure(
                    .protocolError, .other, message: "the answer's head exceeds \(HeadCollector.maxBytes) bytes"))
        case .complete:
            return self.headComplete() ? line.count : 0
        }
    }

    private func headComplete() -> Bool {
        guard let easy = self.easy else { return false }
        let timings = easy.timings
        self.isHTTP2 = timings.http2
        self.head = TransferHead(status: self.collector.status, rawHeaders: self.collector.raw, timings: timings)
        self.driver.learned(self.isHTTP2 ? .http2 : .http1, about: self.host)
        if self.isWhole {
            let announced = easy.announcedLength
            if announced > self.byteLimit {
                _ = self.reject(self.tooLarge)
                return false
            }
            self.bytes.reserveCapacity(min(max(announced, 0), 1 << 20))
        } else {
            self.driver.markDirty(self)
        }
        return true
    }

    /// Fills libcurl's buffer with the next piece of a large body.
    func supplyBody(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
        guard let body = self.transfer?.request.body else { return Int(CURL_READFUNC_ABORT) }
        let count = min(buffer.count, body.count - self.uploaded)
        guard count > 0 else { return 0 }
        body.withUnsafeBytes {
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[self.uploaded...].prefix(count)))
        }
        self.uploaded += count
        self.clock.wrote(now: self.driver.now, isLast: self.uploaded == body.count)
        self.driver.schedule(self)
        return count
    }

    /// libcurl sends the body again when a reused connection turned out to be dead.
    func rewindBody(to offset: Int) -> Bool {
        guard let body = self.transfer?.request.body, (0...body.count).contains(offset) else { return false }
        self.uploaded = offset
        return true
    }

    /// The connection stands (again) and the request is about to be written.
    func connectionReady() {
        if self.host?.isOnWire == true {
            if self.openedSockets == 1 { self.driver.established(self.lastSocket) }
            return self.driver.lookupEnded(self)
        }
        let isWritten = (self.transfer?.request.body.count ?? 0) <= EasyHandle.inlineBodyBytes
        self.clock.connected(now: self.driver.now, isWritten: isWritten)
        self.driver.schedule(self)
        self.driver.lookupEnded(self)
        guard self.openedSockets > 0 else { return }
        // Asking libcurl means a search through its connections, so only where there is a choice.
        let socket = self.openedSockets == 1 ? self.lastSocket : self.easy?.activeSocket ?? CURL_SOCKET_BAD
        self.openedSockets = 0
        if socket != CURL_SOCKET_BAD { self.driver.established(socket) }
    }

    /// False makes libcurl give up; the driver then parks the transfer.
    func mayLookUp() -> Bool {
        guard let host = self.host else { return false }
        guard !host.isLookingUp else {
            self.mustPark = true
            return false
        }
        host.isLookingUp = true
        self.isLookingUp = true
        self.driver.counters.lookups.increase()
        self.driver.counters.lookupsStarted.increase()
        return true
    }

    func openSocket(_ address: UnsafeMutablePointer<curl_sockaddr>) -> curl_socket_t {
        self.driver.lookupEnded(self)
        let allow = self.transfer?.request.allowPrivateNetwork ?? false
        if case .blocked(let kind) = SocketAddress.verdict(address, allowPrivateNetwork: allow) {
            self.blockedAddress = kind
            self.driver.counters.blockedAddresses.increase()
            return CURL_SOCKET_BAD
        }
        self.lastSocket = self.driver.openSocket(for: address, by: self.slot)
        self.openedSockets += 1
        return self.lastSocket
    }

    /// The socket of the connection that libcurl has opened.
    var openedSocket: curl_socket_t {
        // Asking libcurl means a search through its connections, so only where there is a choice.
        self.openedSockets == 1 ? self.lastSocket : self.easy?.activeSocket ?? CURL_SOCKET_BAD
    }

    /// HTTP/1.1 only: a paused HTTP/2 stream would hold up the others on its connection.
    var mustHoldBack: Bool {
        !self.isWhole && !self.isHTTP2
            && self.bytes.count + self.unreadBytes >= self.driver.configuration.highWatermark
    }

    private func reject(_ failure: UpstreamFailure) -> Int {
        self.rejection = failure
        self.easy?.closeConnectionUnlessShared()
        return 0
    }

    var tooLarge: UpstreamFailure {
        UpstreamFailure(.tooLarge, .tooLarge, message: "the answer exceeds \(self.byteLimit) bytes")
    }

    private var consumerTooSlow: UpstreamFailure {
        UpstreamFailure(
            .receive, .other,
            message: "\(self.driver.configuration.http2BufferLimit) bytes wait for a consumer that does not read")
    }
}
