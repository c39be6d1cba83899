import Synchronization

/// One driver's counters: written by the driver (and `driverWakeUps` by its event loop), read by anyone.
final class Counters: Sendable {
    let openTransfers = Atomic(0)
    let queuedTransfers = Atomic(0)
    let connections = Atomic(0)
    let lookups = Atomic(0)
    let transfers = Atomic(0)
    let connectionsOpened = Atomic(0)
    let lookupsStarted = Atomic(0)
    let pauses = Atomic(0)
    let driverWakeUps = Atomic(0)
    let loopWakeUps = Atomic(0)
    let blockedAddresses = Atomic(0)
    /// Connections that libcurl had to look through to open others, at most.
    let connectionsLookedThrough = Atomic(0)

    func add(to sum: inout UpstreamStatistics) {
        sum.openTransfers &+= self.openTransfers.load(ordering: .relaxed)
        sum.queuedTransfers &+= self.queuedTransfers.load(ordering: .relaxed)
        sum.connections &+= self.connections.load(ordering: .relaxed)
        sum.lookups &+= self.lookups.load(ordering: .relaxed)
        sum.transfers &+= self.transfers.load(ordering: .relaxed)
        sum.connectionsOpened &+= self.connectionsOpened.load(ordering: .relaxed)
        sum.lookupsStarted &+= self.lookupsStarted.load(ordering: .relaxed)
        sum.pauses &+= self.pauses.load(ordering: .relaxed)
        sum.driverWakeUps &+= self.driverWakeUps.load(ordering: .relaxed)
        sum.loopWakeUps &+= self.loopWakeUps.load(ordering: .relaxed)
        sum.blockedAddresses &+= self.blockedAddresses.load(ordering: .relaxed)
    }
}

extension Atomic where Value == Int {
    /// Counters order nothing, so relaxed is enough.
    borrowing func increase(by amount: Int = 1) {
        self.wrappingAdd(amount, ordering: .relaxed)
    }

    borrowing func decrease(by amount: Int = 1) {
        self.wrappingSubtract(amount, ordering: .relaxed)
    }
}
