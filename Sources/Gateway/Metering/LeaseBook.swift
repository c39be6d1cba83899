import Limits
import NIOCore

/// The reservations of requests that are running on one event loop. Confined to that loop.
struct LeaseBook {
    /// A reservation is renewed when its lease is this old: three times before it would end.
    private let age: TimeAmount
    private var meters: [ReservationID: (meter: Meter, since: NIODeadline)] = [:]

    init(leaseMilliseconds: Int) {
        age = .milliseconds(Int64(leaseMilliseconds / 3))
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

    /// Those whose lease was not extended for a third of its length; they count as extended now.
    mutating func due(now: NIODeadline) -> [Reservation] {
        var due: [Reservation] = []
        for (id, entry) in meters where now - entry.since >= age {
            guard let reservation = entry.meter.reservation else { continue }
            due.append(reservation)
            meters[id]?.since = now
        }
        return due
    }
}
