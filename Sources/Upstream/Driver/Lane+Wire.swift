// A transfer over a connection of the driver's own: what its reader has found, and how it ends.
extension Lane {
    /// Before more is read: whether the consumer has to catch up first. Then the lane is paused.
    func holdsBack() -> Bool {
        if self.isPaused { return true }
        guard self.mustHoldBack else { return false }
        self.isPaused = true
        self.clock.pause()
        self.driver.counters.pauses.increase()
        self.driver.markDirty(self)
        return true
    }

    /// Bytes have arrived, of whatever kind.
    func bytesArrived() {
        self.clock.received(now: self.driver.now)
        self.driver.schedule(self)
    }

    /// The head is there. A failure when the body is announced to be too large.
    func take(_ reader: inout ResponseReader) -> UpstreamFailure? {
        var timings = self.connectTimings
        timings.firstByte = max(1, Int(self.driver.nowMicroseconds - self.wireStart))
        self.head = TransferHead(status: reader.status, rawHeaders: reader.fields, timings: timings)
        reader.fields = []
        if self.isWhole {
            let announced = reader.announcedLength ?? 0
            if announced > self.byteLimit, reader.state == .fixed { return self.tooLarge }
            self.bytes.reserveCapacity(min(announced, 1 << 20))
        } else {
            self.driver.markDirty(self)
        }
        return nil
    }

    /// Part of the body. A failure at more of it than the caller accepts.
    func take(_ part: UnsafeRawBufferPointer) -> UpstreamFailure? {
        self.receivedBytes += part.count
        if self.receivedBytes > self.byteLimit { return self.tooLarge }
        self.bytes.append(contentsOf: part)
        if !self.isWhole { self.driver.markDirty(self) }
        return nil
    }

    func failure(_ fault: ResponseFault, on connection: Connection) -> UpstreamFailure {
        fault.isBroken ? self.broken(fault.reason, on: connection) : self.make(.protocolError, .other, fault.reason)
    }

    /// The connection failed the request, before or during the answer.
    func broken(_ reason: String, on connection: Connection) -> UpstreamFailure {
        let hasHead = connection.reader.hasHead
        let phase: UpstreamFailure.Phase =
            hasHead ? .receive : connection.isWriteBroken ? .send : .firstByte
        return self.make(phase, .reset, reason)
    }

    private func make(
        _ phase: UpstreamFailure.Phase, _ kind: UpstreamFailure.Kind, _ reason: String
    ) -> UpstreamFailure {
        UpstreamFailure(phase, kind, message: "\(self.host?.origin.host ?? ""): \(reason)")
    }
}
