/// What was measured of one benchmark.
struct Measurement {
    let name: String
    let unit: Benchmark.Unit
    /// Nanoseconds of CPU time per unit, one figure per round.
    let rounds: [Double]
    /// The same in terms of the baseline, which was measured in the same round.
    let ratios: [Double]

    var median: Double { Self.median(rounds) }
    /// What the work costs when nothing disturbs it.
    var minimum: Double { rounds.min() ?? 0 }
    var ratio: Double { Self.median(ratios) }

    private static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        guard let upper = sorted.dropFirst(sorted.count / 2).first else { return 0 }
        guard sorted.count.isMultiple(of: 2), let lower = sorted.dropLast(sorted.count / 2).last else { return upper }
        return (lower + upper) / 2
    }
}
