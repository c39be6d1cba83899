/// Work that never changes, to compare the rest with.
enum BaselineCases {
    /// What all ratios are relative to: a thousand dependent steps of an integer mix. Touches no memory, allocates
    /// nothing, calls nothing.
    static var mix: Benchmark {
        Benchmark("Baseline.Mix.1000") {
            var state: UInt64 = 1
            for _ in 0..<1000 {
                state = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
                state ^= state >> 27
            }
            blackHole(state)
        }
    }

    static var all: [Benchmark] {
        let source = [UInt8](repeating: 7, count: 65_536)
        return [
            mix,
            Benchmark("Baseline.Copy.64KiB") {
                var copy = source
                copy.append(1)
                blackHole(copy)
            },
            Benchmark("Baseline.Allocate.256B") {
                blackHole([UInt8](unsafeUninitializedCapacity: 256) { _, count in count = 0 })
            },
        ]
    }
}
