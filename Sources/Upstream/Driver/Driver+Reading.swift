// HTTP/1.1 on the driver's own connections: what arrives on them.
extension Driver {
    /// Bytes read from one connection in one turn; the others are not to wait for a fast one.
    private static let readsPerTurn = 256 * 1024

    /// epoll has something to say about a connection.
    func ready(_ connection: Connection, _ readiness: Poller.Readiness) {
        if readiness.contains(.hangUp) { connection.isHungUp = true }
        if readiness.contains(.write) { self.writable(connection) }
        // TLS may have waited for the socket to take bytes before it could read on.
        if readiness.contains(.read) || connection.secure != nil { self.read(connection) }
    }

    /// Reads until there is nothing more for now. epoll tells of every change once, so whoever stops before must come
    /// back on its own: a paused transfer when it goes on, all others in the next turn.
    func read(_ connection: Connection) {
        var count = 0
        while connection.isOpen {
            if !connection.isAnswered, let lane = connection.lane, lane.holdsBack() { return }
            guard count < Self.readsPerTurn else { return self.unread.append(connection) }
            switch connection.receive(into: self.inbox) {
            case .bytes(let received):
                count += received
                self.received(UnsafeRawBufferPointer(rebasing: self.inbox[..<received]), on: connection)
                // A socket that fills less than it could is empty, and its end, if that is here, has been announced.
                let isDrained = received < self.inbox.count && connection.secure == nil && !connection.isHungUp
                if isDrained || connection.isFinal { return self.settle(connection) }
            case .nothing:
                return self.settle(connection)
            case .end:
                return self.ended(connection)
            case .broken(let reason):
                return self.broke(connection, reason)
            }
        }
    }

    /// Goes on where ``read(_:)`` left off for the sake of the others.
    func readOn() {
        guard !self.unread.isEmpty else { return }
        let connections = self.unread
        self.unread = []
        for connection in connections { self.read(connection) }
    }

    private func received(_ bytes: UnsafeRawBufferPointer, on connection: Connection) {
        // Nobody asked for these. They must not be taken for the answer to the next request.
        guard let lane = connection.lane else { return self.close(connection) }
        guard !connection.isAnswered else {
            connection.isSpoilt = true
            return
        }
        lane.bytesArrived()
        var input = bytes
        while true {
            switch connection.reader.next(&input) {
            case .more:
                return
            case .head:
                if let failure = lane.take(&connection.reader) { return self.end(lane, .failed(failure)) }
            case .body(let part):
                if let failure = lane.take(part) { return self.end(lane, .failed(failure)) }
            case .end:
                connection.isAnswered = true
                if !input.isEmpty { connection.isSpoilt = true }
                return
            case .failed(let fault):
                return self.end(lane, .failed(lane.failure(fault, on: connection)))
            }
        }
    }

    /// All there was has been read. If that was the end of the answer, the connection is free.
    private func settle(_ connection: Connection) {
        guard connection.isOpen, connection.isAnswered, let lane = connection.lane else { return }
        self.end(lane, .finished)
    }

    /// The peer has closed its side.
    private func ended(_ connection: Connection) {
        connection.isSpoilt = true
        guard let lane = connection.lane else { return self.close(connection) }
        if !connection.isAnswered, case .failed(let fault) = connection.reader.endOfInput() {
            return self.end(lane, .failed(lane.failure(fault, on: connection)))
        }
        self.end(lane, .finished)
    }

    private func broke(_ connection: Connection, _ reason: String) {
        connection.isSpoilt = true
        guard let lane = connection.lane else { return self.close(connection) }
        self.end(lane, connection.isAnswered ? .finished : .failed(lane.broken(reason, on: connection)))
    }
}
