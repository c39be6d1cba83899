import Foundation

/// Prints what each stage of a request costs in CPU time. For people to compare; nothing here passes or fails.
@main
struct MicroBenchmarks {
    static func main() async {
        do {
            let options = try Options(Array(CommandLine.arguments.dropFirst()))
            try await run(options)
        } catch {
            FileHandle.standardError.write(Data("micro-benchmarks: \(error)\n\(Options.usage)\n".utf8))
            exit(1)
        }
    }

    private static func run(_ options: Options) async throws {
        let services = try await SampleServices.open()
        defer { services.removeFiles() }
        let all = try await benchmarks(services)
        let chosen = all.filter { options.selects($0.name) }
        if chosen.isEmpty { throw UnexpectedOutcome("no benchmark's name contains \(options.filter ?? "")") }
        if options.listsOnly { return chosen.forEach { print($0.name) } }
        #if DEBUG
            print("A debug build: these figures say nothing. Use swift run -c release micro-benchmarks.")
        #endif
        let report = Report(names: chosen.map(\.name))
        report.printHead()
        let measurements = try await Runner(baseline: BaselineCases.mix).run(chosen, report: report.printRow)
        if let path = options.jsonPath {
            try Data(Report.json(measurements)).write(to: URL(fileURLWithPath: path))
        }
        await services.close()
    }

    /// In the order in which a request meets them.
    private static func benchmarks(_ services: SampleServices) async throws -> [Benchmark] {
        var all = BaselineCases.all
        all += try WireJSONCases.all()
        all += try await IdentityCases.all(services)
        all += try RequestCases.all()
        all += try PolicyCases.all()
        all += try AnswerCases.all()
        all += try StreamCases.all()
        all += ErrorCases.all()
        all += try GatewayCases.all(services)
        all += UpstreamCases.all()
        return all
    }
}
