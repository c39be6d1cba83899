import Glibc
import Synchronization

@testable import Outbox

/// A disk that fails on command.
final class FaultySystem: Sendable {
    struct Faults {
        var create: Int32 = 0
        var reserve: Int32 = 0
        var synchronize: Int32 = 0
        var delete: Int32 = 0
    }

    let faults = Mutex(Faults())
    let filled = Atomic(0)
    let synchronized = Atomic(0)

    var system: OutboxSystem {
        let real = OutboxSystem()
        var system = OutboxSystem()
        system.create = { path in
            let code = self.faults.withLock { $0.create }
            return code == 0 ? real.create(path) : -code
        }
        system.reserve = { descriptor, bytes in
            let code = self.faults.withLock { $0.reserve }
            return code == 0 ? real.reserve(descriptor, bytes) : code
        }
        system.fill = { descriptor, bytes in
            self.filled.wrappingAdd(1, ordering: .relaxed)
            return real.fill(descriptor, bytes)
        }
        system.synchronize = { _ in
            self.synchronized.wrappingAdd(1, ordering: .relaxed)
            return self.faults.withLock { $0.synchronize }
        }
        system.delete = { path in
            let code = self.faults.withLock { $0.delete }
            return code == 0 ? real.delete(path) : code
        }
        return system
    }
}

/// A disk that takes as long as the test wants.
final class SlowDisk: Sendable {
    private let leave = Channel()
    private let isSlow = Atomic(false)
    let calls = Atomic(0)

    var system: OutboxSystem {
        var system = OutboxSystem()
        system.synchronize = { _ in
            guard self.isSlow.load(ordering: .relaxed) else { return 0 }
            self.calls.wrappingAdd(1, ordering: .relaxed)
            self.leave.receive()
            return 0
        }
        return system
    }

    func becomeSlow() { isSlow.store(true, ordering: .relaxed) }

    func becomeFast() { isSlow.store(false, ordering: .relaxed) }

    /// Returns when so many calls have begun.
    func awaitCall(_ count: Int) async {
        while calls.load(ordering: .relaxed) < count { await Task.yield() }
    }

    func finishCall() { leave.send() }
}

/// A pipe that carries nothing but moments.
private final class Channel: Sendable {
    private let ends: (reading: Int32, writing: Int32)

    init() {
        var both: [Int32] = [-1, -1]
        pipe(&both)
        ends = (both[0], both[1])
    }

    deinit {
        close(ends.reading)
        close(ends.writing)
    }

    func send() {
        var byte: UInt8 = 1
        while write(ends.writing, &byte, 1) < 0, errno == EINTR {}
    }

    func receive() {
        var byte: UInt8 = 0
        while read(ends.reading, &byte, 1) < 0, errno == EINTR {}
    }
}
