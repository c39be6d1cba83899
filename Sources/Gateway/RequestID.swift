import Limits

/// Makes request ids: unique, not secret. One per event loop, so that no lock or system call is needed per
/// request.
struct RequestIDSource {
    private var state: (UInt64, UInt64)

    init(seed: (UInt64, UInt64) = (UInt64.random(in: .min ... .max), UInt64.random(in: .min ... .max))) {
        state = seed
    }

    /// 32 hexadecimal digits.
    mutating func next() -> String {
        let high = Self.mix(&state.0)
        let low = Self.mix(&state.1)
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
        ReservationID(high: Self.mix(&state.0), low: Self.mix(&state.1))
    }

    /// SplitMix64 (Steele, Lea, Flood 2014).
    private static func mix(_ state: inout UInt64) -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
