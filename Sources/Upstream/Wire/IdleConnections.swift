/// Something that waits on a stack of idle connections, or has gone meanwhile.
protocol IdleMember: AnyObject {
    /// False once it has been closed while it waited.
    var isIdle: Bool { get }
    /// When it began to wait, in milliseconds.
    var idleSince: Int64 { get }
}

/// The unused connections to one origin: the last one used is the first one used again, so that few stay warm and the
/// others grow old.
///
/// Constant time per operation, on average: one that closes while it waits stays on the stack, marked, until it is come
/// across or until half of the stack is such.
struct IdleConnections<Member: IdleMember> {
    private var stack: [Member] = []
    private var gone = 0

    /// Those that can be used.
    var count: Int { self.stack.count - self.gone }

    mutating func push(_ member: Member) {
        self.stack.append(member)
    }

    /// The one that has waited for the shortest time. nil when even that began to wait before `oldest`.
    mutating func pop(notBefore oldest: Int64) -> Member? {
        while let last = self.stack.last {
            guard last.isIdle else {
                self.stack.removeLast()
                self.gone -= 1
                continue
            }
            guard last.idleSince >= oldest else { return nil }
            return self.stack.removeLast()
        }
        return nil
    }

    /// One that waits here has stopped being idle.
    mutating func lost() {
        self.gone += 1
        guard self.gone > 16, self.gone * 2 > self.stack.count else { return }
        self.stack.removeAll { !$0.isIdle }
        self.gone = 0
    }

    /// Takes out those that began to wait before `oldest`; all of them for `Int64.max`.
    mutating func takeExpired(before oldest: Int64) -> [Member] {
        // In the order of waiting, the longest first.
        let end = self.stack.firstIndex { $0.isIdle && $0.idleSince >= oldest } ?? self.stack.count
        let expired = self.stack[..<end].filter(\.isIdle)
        self.gone -= end - expired.count
        self.stack.removeFirst(end)
        return expired
    }
}
