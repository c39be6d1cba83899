import NIOCore
import Synchronization

/// What event loops ask of a driver.
enum Command: Sendable {
    case start(Transfer)
    /// The consumer has gone; nothing more is to be delivered.
    case cancel(Transfer)
    /// The consumer has read what a pause was waiting for.
    case resume(Transfer)
    /// The transfer's turn has come at its ``HostBudget``.
    case granted(Transfer)
    case shutdown
}

/// The thread-safe face of a driver: a command queue towards it, a queue of sleeping consumers back.
final class DriverPort: Sendable {
    let eventLoop: any EventLoop
    let counters = Counters()
    let waker: Waker

    private struct Inbound {
        var commands: [Command] = []
        /// The driver is, or is about to be, asleep: the next command has to wake it. Commands that follow find the
        /// flag lowered, so a burst costs one system call.
        var isAsleep = false
        var isClosed = true
    }

    private struct Outbound {
        var waiters: [Transfer.Waiter] = []
        var isScheduled = false
    }

    private let inbound = Mutex(Inbound())
    private let outbound = Mutex(Outbound())

    init?(eventLoop: any EventLoop) {
        guard let waker = Waker() else { return nil }
        self.eventLoop = eventLoop
        self.waker = waker
    }

    func open() {
        self.inbound.withLock { $0.isClosed = false }
    }

    /// False when the driver does not run (any more).
    func post(_ command: Command) -> Bool {
        let (isTaken, mustWake) = self.inbound.withLock { inbound in
            guard !inbound.isClosed else { return (false, false) }
            inbound.commands.append(command)
            let wasAsleep = inbound.isAsleep
            inbound.isAsleep = false
            return (true, wasAsleep)
        }
        if mustWake {
            self.counters.driverWakeUps.increase()
            self.waker.wake()
        }
        return isTaken
    }

    /// Moves all commands into `batch`, which must be empty and lends its memory to the next ones.
    func take(into batch: inout [Command]) {
        self.inbound.withLock { inbound in
            inbound.isAsleep = false
            swap(&inbound.commands, &batch)
        }
    }

    /// False when there are commands, so that sleeping would be wrong.
    func fallAsleep() -> Bool {
        self.inbound.withLock { inbound in
            guard inbound.commands.isEmpty else { return false }
            inbound.isAsleep = true
            return true
        }
    }

    /// Refuses commands from now on and returns those that were not taken.
    func close() -> [Command] {
        self.inbound.withLock { inbound in
            inbound.isClosed = true
            let left = inbound.commands
            inbound.commands = []
            return left
        }
    }

    /// For a driver that does not run: no command may wait for it.
    func refuseAll(_ failure: UpstreamFailure) {
        for command in self.close() {
            guard case .start(let transfer) = command else { continue }
            transfer.cancel(failure)
            self.counters.openTransfers.decrease()
        }
    }

    /// Resumes a batch of consumers on the event loop, in one hop. Empties `batch`.
    func resume(_ batch: inout [Transfer.Waiter]) {
        guard !batch.isEmpty else { return }
        let mustSchedule = self.outbound.withLock { outbound in
            if outbound.waiters.isEmpty {
                swap(&outbound.waiters, &batch)
            } else {
                outbound.waiters.append(contentsOf: batch)
            }
            let wasScheduled = outbound.isScheduled
            outbound.isScheduled = true
            return !wasScheduled
        }
        batch.removeAll(keepingCapacity: true)
        guard mustSchedule else { return }
        self.counters.loopWakeUps.increase()
        self.eventLoop.execute { self.drain() }
    }

    private func drain() {
        let waiters = self.outbound.withLock { outbound in
            outbound.isScheduled = false
            let waiters = outbound.waiters
            outbound.waiters = []
            return waiters
        }
        for waiter in waiters { waiter.resume(returning: true) }
    }
}
