/// When a reservation's lease ends. Ordered by time, then by id, as the sorted set of the Redis store is.
struct LeaseEnd: Comparable {
    let time: Int
    let id: ReservationID

    static func < (left: LeaseEnd, right: LeaseEnd) -> Bool {
        left.time == right.time ? left.id < right.id : left.time < right.time
    }
}
