import Limits
import NIOCore

/// The reservations of requests that are running on one event loop. Confined to that loop.
struct LeaseBook {
    /// A reservation is renewed when its lease is this old. Leases are looked at twice as often, so a renewal that
    /// fails is tried again several times before the lease ends.
    private let age: TimeAmount
    private var meters: [ReservationID: (meter: Meter, since: NIODeadline)] = [:]

    init(leaseMilliseconds: Int) {
        age = .milliseconds(Int64(leaseMilliseconds / 5))
    }

    var count: Int { meters.count }
    /// How often to look for leases that are due.
    var interval: TimeAmount { .nanoseconds(max(1, age.nanoseconds / 2)) }

    mutating func add(_ meter: Meter, now: NIODeadline = .now()) {
        guard let id = meter.reservation?.id else { return }
        meters[id] = (meter, now)
    }

    mutating func remove(_ meter: Meter) {
        guard let id = meter.reservation?.id else { return }
        meters[id] = nil
    }

    /// Those whose lease was not extended for a while.
    func due(now: NIODeadline) -> [Reservation] {
        meters.values.compactMap { now - $0.since >= age ? $0.meter.reservation : nil }
    }

    /// Their leases have been extended.
    mutating func renewed(_ reservations: [Reservation], at now: NIODeadline) {
        for reservation in reservations { meters[reservation.id]?.since = now }
    }
}
