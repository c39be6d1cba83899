/// One piece of work to be timed.
struct Benchmark {
    /// What one unit of the work is, for the table: a stream is run whole and told per chunk.
    enum Unit: String {
        case call, chunk, event
    }

    enum Work {
        case synchronous(() throws -> Void)
        case asynchronous(() async throws -> Void)
    }

    /// `Area.Thing.Case`.
    let name: String
    let unit: Unit
    /// Units that one run of the work does.
    let unitsPerRun: Int
    let work: Work

    /// The work checks its own outcome and throws when it is not the expected one: a benchmark that quietly measures
    /// an error path would look fast.
    init(_ name: String, unit: Unit = .call, unitsPerRun: Int = 1, _ work: @escaping () throws -> Void) {
        self.name = name
        self.unit = unit
        self.unitsPerRun = max(1, unitsPerRun)
        self.work = .synchronous(work)
    }

    init(async name: String, _ work: @escaping () async throws -> Void) {
        self.name = name
        unit = .call
        unitsPerRun = 1
        self.work = .asynchronous(work)
    }

    func run(_ times: Int) async throws {
        switch work {
        case .synchronous(let body):
            for _ in 0..<times { try body() }
        case .asynchronous(let body):
            for _ in 0..<times { try await body() }
        }
    }
}

/// The work did not do what it is measured for.
struct UnexpectedOutcome: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
