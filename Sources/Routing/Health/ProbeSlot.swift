/// The one probe under way. When the last holder drops it without a word, the next request may probe.
final class ProbeSlot: Sendable {
    let id: Int
    private let health: TargetHealth

    init(_ health: TargetHealth, id: Int) {
        self.health = health
        self.id = id
    }

    deinit { health.abandoned(probe: id) }
}
