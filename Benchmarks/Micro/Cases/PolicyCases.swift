import Dialects
import Policy

/// From a model's name to where it goes.
enum PolicyCases {
    static func all() throws -> [Benchmark] {
        let snapshot = try SamplePolicy.snapshot()
        let plan = snapshot.plan(forTenant: SamplePolicy.tenant)
        return [
            lookup("Exact", SamplePolicy.exactModel, snapshot),
            lookup("Wildcard", SamplePolicy.wildcardModel, snapshot),
            Benchmark("Policy.Model.Unknown") {
                guard snapshot.model(for: SamplePolicy.unknownModel) == nil else { throw UnexpectedOutcome("known") }
            },
            Benchmark("Policy.Plan.OfTenant") { blackHole(snapshot.plan(forTenant: SamplePolicy.tenant)) },
            Benchmark("Policy.Plan.Allows") {
                guard plan.allows(model: SamplePolicy.wildcardModel) else { throw UnexpectedOutcome("not allowed") }
            },
        ] + capabilities()
    }

    private static func lookup(_ name: String, _ model: String, _ snapshot: PolicySnapshot) -> Benchmark {
        Benchmark("Policy.Model.\(name)") {
            guard let found = snapshot.model(for: model) else { throw UnexpectedOutcome("no such model") }
            blackHole(found)
        }
    }

    /// Once per model name and policy, not per request.
    private static func capabilities() -> [Benchmark] {
        let names: [(String, ProviderKind, String)] = [
            ("Exact", .openai, "gpt-4o"), ("Dated", .openai, "gpt-4o-2031-01-01"),
            ("Relative", .anthropic, "claude-opus-9-9"), ("Aggregator", .openrouter, "google/gemini-2.5-flash:free"),
        ]
        return names.map { name, kind, model in
            Benchmark("Dialects.Capabilities.\(name)") {
                blackHole(CapabilityTable.shared.capabilities(kind: kind, model: model))
            }
        }
    }
}
