import Limits

/// Makes request ids: unique, not secret. One per event loop, so that no lock or system call is needed per
/// request.
struct RequestIDSource {
    private var random: (LoopRandom, LoopRandom)

    init(seed: (UInt64, UInt64) = (UInt64.random(in: .min ... .max), UInt64.random(in: .min ... .max))) {
        random = (LoopRandom(seed: seed.0), LoopRandom(seed: seed.1))
    }

    /// 32 hexadecimal digits.
    mutating func next() -> String {
        let high = random.0.next()
        let low = random.1.next()
        return String(unsafeUninitializedCapacity: 32) { buffer in
            for index in 0..<32 {
                let word = index < 16 ? high : low
                let digit = UInt8(truncatingIfNeeded: word >> UInt64((15 - index % 16) * 4)) & 15
                buffer[index] = digit < 10 ? 48 + digit : 87 + digit
            }
            return 32
        }
    }

    /// As random as the request's id and apart from it.
    mutating func nextReservation() -> ReservationID {
        ReservationID(high: random.0.next(), low: random.1.next())
    }
}
