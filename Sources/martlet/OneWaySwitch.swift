import Synchronization

/// Turned on once, seen from anywhere.
final class OneWaySwitch: Sendable {
    private let value = Atomic<Bool>(false)

    var isOn: Bool { value.load(ordering: .relaxed) }

    func turnOn() { value.store(true, ordering: .relaxed) }
}
