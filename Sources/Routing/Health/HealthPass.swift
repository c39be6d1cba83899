package import Dialects

/// Leave for one attempt at a target. Report its end once; a client that left is no failure of the target.
package struct HealthPass: Sendable {
    package let health: TargetHealth
    let probe: ProbeSlot?
    let epoch: Int

    init(_ health: TargetHealth, epoch: Int, probe: ProbeSlot?) {
        self.health = health
        self.epoch = epoch
        self.probe = probe
    }

    package var isProbe: Bool { probe != nil }

    /// The first token of a stream came: enough to know that the target is back. The end is still to be reported.
    package func began() {
        if probe != nil { health.succeeded(self) }
    }

    package func succeeded() { health.succeeded(self) }

    /// - Parameter isSilent: nobody answered in time, or the connection was refused.
    package func failed(_ failure: ProviderFailure, isSilent: Bool) {
        health.failed(self, failure, isSilent: isSilent)
    }

    /// The attempt ended for reasons of our own: the client left, or another attempt was faster.
    package func abandoned() {
        if let probe { health.abandoned(probe: probe.id) }
    }
}
