/// Random numbers for ids, jitter and drawing targets: unpredictable enough for these, and no system call each. Not for
/// secrets. SplitMix64 (Steele, Lea, Flood 2014), seeded by the system.
struct LoopRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64 = .random(in: .min ... .max)) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
