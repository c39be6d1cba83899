import CCurl

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

// What the driver keeps: lanes, deadlines, multi handles, sockets.
extension Driver {
    func touched(_ multi: MultiHandle) {
        guard !multi.isTouched else { return }
        multi.isTouched = true
        self.touchedMultis.append(multi)
    }

    /// Puts the lane on the list of those whose consumers get something at the end of this turn.
    func markDirty(_ lane: Lane) {
        guard !lane.isDirty else { return }
        lane.isDirty = true
        self.dirty.append(lane)
    }

    /// Looks at the lane no later than its clock asks for. Later deadlines than the one set are found out when that
    /// one comes, so that a byte costs no heap operation.
    func schedule(_ lane: Lane) {
        let next = lane.clock.nextCheck(now: self.now)
        guard next < lane.checkAt else { return }
        lane.checkAt = next
        self.deadlines.set(lane.slot, at: next)
    }

    func unschedule(_ lane: Lane) {
        lane.checkAt = .max
        self.deadlines.remove(lane.slot)
    }

    func takeLane() -> Lane {
        if let lane = self.freeLanes.popLast() {
            if lane.easy != nil { self.idleHandles -= 1 }
            return lane
        }
        let lane = Lane(slot: self.lanes.count, driver: self)
        self.lanes.append(lane)
        return lane
    }

    /// The transfer has been handed over to the last byte.
    func release(_ lane: Lane) {
        lane.clear()
        if lane.easy != nil {
            if self.idleHandles >= self.configuration.maxIdleHandles {
                lane.easy = nil
            } else {
                self.idleHandles += 1
            }
        }
        self.freeLanes.append(lane)
        self.counters.openTransfers.decrease()
    }

    func register(_ connection: Connection) {
        let index = Int(connection.socket)
        while self.connections.count <= index { self.connections.append(nil) }
        self.connections[index] = connection
    }

    /// The driver lets go of a connection that is about to be closed.
    func unregister(_ connection: Connection) {
        connection.isOpen = false
        self.connections[Int(connection.socket)] = nil
    }

    /// The multi handle for opening one more connection: the first with room. libcurl looks through all connections of
    /// a handle when it hands one over or closes it, and over TLS whenever one is read or written.
    func connectingMulti() -> MultiHandle? {
        let load = self.wirePool.map { self.multi($0)?.running ?? 0 }
        let limit = max(1, self.configuration.transfersPerMulti)
        var index = load.firstIndex { $0 < limit } ?? load.count
        if index >= Self.maxMultisPerPool { index = load.indices.min { load[$0] < load[$1] } ?? 0 }
        return self.multi(at: index, in: \.wirePool)
    }

    func multi(_ id: Int) -> MultiHandle? {
        self.multis.indices.contains(id) ? self.multis[id] : nil
    }

    /// The multi handle at a place in the pool for requests that may (or may not) connect to private addresses.
    func multi(at index: Int, allowPrivateNetwork: Bool) -> MultiHandle? {
        self.multi(at: index, in: allowPrivateNetwork ? \.privatePool : \.publicPool)
    }

    private func multi(at index: Int, in path: ReferenceWritableKeyPath<Driver, [Int]>) -> MultiHandle? {
        let pool = self[keyPath: path]
        if pool.indices.contains(index), let known = self.multi(pool[index]) { return known }
        let id = pool.indices.contains(index) ? pool[index] : self.multis.count
        let made = MultiHandle(id: id, driver: self, configuration: self.configuration)
        guard let made else { return nil }
        if id == self.multis.count {
            self.multis.append(made)
            self[keyPath: path].append(id)
        } else {
            self.multis[id] = made
        }
        return made
    }

    func makeHandle(for lane: Lane) -> EasyHandle? {
        EasyHandle(
            configuration: self.configuration, share: self.share,
            context: Unmanaged.passUnretained(lane).toOpaque(), driver: Unmanaged.passUnretained(self).toOpaque())
    }

    func openSocket(for address: UnsafeMutablePointer<curl_sockaddr>, by slot: Int) -> curl_socket_t {
        let type = address.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(address.pointee.family, type, address.pointee.protocol)
        guard descriptor >= 0 else { return CURL_SOCKET_BAD }
        self.sockets.opened(descriptor, by: slot)
        return descriptor
    }

    /// A new connection is ready for its first request.
    func established(_ descriptor: curl_socket_t) {
        self.sockets.established(descriptor)
        self.counters.connections.increase()
        self.counters.connectionsOpened.increase()
    }

    func closeSocket(_ descriptor: Int32) -> Int32 {
        guard descriptor != self.keepOpen else { return 0 }
        if self.sockets.closed(descriptor) { self.counters.connections.decrease() }
        return Glibc.close(descriptor)
    }
}
