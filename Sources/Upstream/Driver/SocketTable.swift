/// Keeps epoll in step with what libcurl wants to know about its sockets, with as few system calls as possible.
///
/// libcurl withdraws its interest whenever a transfer ends and states it again when the next one takes the
/// connection over. Sockets of established connections therefore stay registered in between; should one become ready
/// while nobody is interested (the peer closed it, or its transfer is paused), it is taken out then.
struct SocketTable {
    private struct Entry {
        /// What epoll has; empty for not registered.
        var registered: Poller.Interest = []
        var wanted: Poller.Interest = []
        /// Belongs to an established connection, so its end will be announced (``SocketTable/closed(_:)``). libcurl
        /// closes all others, such as attempts that lost the race and the resolver's pipes, without a word; they must
        /// leave epoll as soon as nobody is interested, or their numbers come back with a wrong entry.
        var isEstablished = false
        /// Index of the multi handle it belongs to.
        var multi = -1
        /// Slot of the lane it was opened for; -1 when closed.
        var opener = -1
        /// Belongs to a ``Connection``; libcurl's wishes do not count any more.
        var isTakenOver = false
    }

    private let poller: Poller
    /// By descriptor.
    private var entries: [Entry] = []

    init(poller: Poller) {
        self.poller = poller
    }

    mutating func opened(_ socket: Int32, by opener: Int) {
        self.update(socket) { entry, _ in entry = Entry(opener: opener) }
    }

    /// Whether it is still the one opened for this lane. libcurl can have closed it, and its number can have come back.
    func isOpen(_ socket: Int32, by opener: Int) -> Bool {
        self.entries.indices.contains(Int(socket)) && self.entries[Int(socket)].opener == opener
    }

    func isEstablished(_ socket: Int32) -> Bool {
        self.entries.indices.contains(Int(socket)) && self.entries[Int(socket)].isEstablished
    }

    /// From now on changes are told once, for a ``Connection``. False when the system refuses.
    mutating func takeOver(_ socket: Int32, watchingWrites: Bool) -> Bool {
        var isWatched = false
        self.update(socket) { entry, poller in
            isWatched = poller.watchEdges(socket, writes: watchingWrites, isNew: entry.registered.isEmpty)
            entry.isTakenOver = true
            entry.registered = .read
            entry.wanted = []
        }
        return isWatched
    }

    /// For a connection that was taken over: room to write is told too, until it is closed.
    func watchWrites(_ socket: Int32) {
        _ = self.poller.watchEdges(socket, writes: true, isNew: false)
    }

    mutating func established(_ socket: Int32) {
        self.update(socket) { entry, _ in entry.isEstablished = true }
    }

    /// Closing a descriptor takes it out of epoll. Returns whether it was established.
    mutating func closed(_ socket: Int32) -> Bool {
        var wasEstablished = false
        self.update(socket) { entry, _ in
            wasEstablished = entry.isEstablished
            entry = Entry()
        }
        return wasEstablished
    }

    /// libcurl's wish for a socket of the given multi handle; empty withdraws it.
    mutating func want(_ socket: Int32, _ interest: Poller.Interest, multi: Int) {
        self.update(socket) { entry, poller in
            guard !entry.isTakenOver else { return }
            entry.multi = multi
            entry.wanted = interest
            if interest.isEmpty {
                if !entry.isEstablished, !entry.registered.isEmpty {
                    poller.remove(socket)
                    entry.registered = []
                }
            } else if entry.registered.isEmpty {
                if poller.add(socket, interest) { entry.registered = interest }
            } else if entry.registered != interest {
                if poller.change(socket, to: interest) { entry.registered = interest }
            }
        }
    }

    /// Which multi handle wants to hear that a socket is ready; nil when nobody does.
    mutating func multi(forReady socket: Int32) -> Int? {
        var found: Int?
        self.update(socket) { entry, poller in
            if !entry.wanted.isEmpty, entry.multi >= 0 {
                found = entry.multi
            } else {
                poller.remove(socket)
                entry.registered = []
            }
        }
        return found
    }

    private mutating func update(_ socket: Int32, _ change: (inout Entry, Poller) -> Void) {
        let index = Int(socket)
        guard index >= 0 else { return }
        while self.entries.count <= index { self.entries.append(Entry()) }
        change(&self.entries[index], self.poller)
    }
}
