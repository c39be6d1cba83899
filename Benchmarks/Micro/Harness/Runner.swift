/// Times benchmarks: each is calibrated to runs long enough for the clock, and repeated in rounds.
///
/// The baseline is timed in every round of every benchmark, right before it. A machine that is slow for a while is slow
/// for both, so the ratio moves less than the nanoseconds do.
struct Runner {
    let baseline: Benchmark
    var rounds = 7
    /// Nanoseconds that one timed run shall take.
    var target = 50_000_000
    /// The same for the baseline's part of a round.
    var baselineTarget = 5_000_000

    /// Results in the order of the benchmarks; `report` gets each as soon as it is there.
    func run(_ benchmarks: [Benchmark], report: (Measurement) -> Void) async throws -> [Measurement] {
        let baselineTimes = try await calibrate(baseline, to: baselineTarget)
        var measurements: [Measurement] = []
        for benchmark in benchmarks {
            let measurement = try await measure(benchmark, baselineTimes: baselineTimes)
            measurements.append(measurement)
            report(measurement)
        }
        return measurements
    }

    private func measure(_ benchmark: Benchmark, baselineTimes: Int) async throws -> Measurement {
        do {
            let times = try await calibrate(benchmark, to: target)
            var figures: [Double] = []
            var ratios: [Double] = []
            for _ in 0..<rounds {
                let reference = try await time(baseline, baselineTimes)
                let figure = try await time(benchmark, times)
                figures.append(figure)
                ratios.append(figure / max(reference, .leastNonzeroMagnitude))
            }
            return Measurement(name: benchmark.name, unit: benchmark.unit, rounds: figures, ratios: ratios)
        } catch {
            throw UnexpectedOutcome("\(benchmark.name): \(error)")
        }
    }

    /// How many runs take about `target` nanoseconds. Also warms caches and branch predictors.
    private func calibrate(_ benchmark: Benchmark, to target: Int) async throws -> Int {
        var times = 1
        while true {
            let spent = try await spend(benchmark, times)
            if spent >= target / 10 || times >= 1 << 40 {
                return max(1, Int(Double(times) * Double(target) / Double(max(1, spent))))
            }
            times *= 2
        }
    }

    /// Nanoseconds per unit.
    private func time(_ benchmark: Benchmark, _ times: Int) async throws -> Double {
        Double(try await spend(benchmark, times)) / Double(times) / Double(benchmark.unitsPerRun)
    }

    private func spend(_ benchmark: Benchmark, _ times: Int) async throws -> Int {
        let start = CPUClock.nanoseconds
        try await benchmark.run(times)
        return CPUClock.nanoseconds - start
    }
}
