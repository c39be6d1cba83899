import Testing

@Suite("Several problems and several files")
struct PolicyMergingTests {
    @Test("Several files: second definitions name both places, references cross files")
    func files() {
        let found = complaints([
            (
                "a.yaml",
                "version: 1\nproviders:\n  x: {kind: demo}\nmodels:\n  m: {targets: [{provider: y}]}\ntenants: {t: {plan: q}}"
            ),
            (
                "b.yaml",
                "version: 1\nproviders:\n  y: {kind: demo}\n  x: {kind: demo}\nmodels:\n  m: {targets: [{provider: x}]}\nplans: {q: {}}"
            ),
            ("c.yaml", "version: 1\nplans: {q: {}}\ntenants: {t: {}}"),
        ])
        #expect(
            found == [
                "b.yaml:4: providers.x: provider \"x\" is already defined at a.yaml:3",
                "b.yaml:6: models.m: model \"m\" is already defined at a.yaml:5",
                "c.yaml:2: plans.q: plan \"q\" is already defined at b.yaml:7",
                "c.yaml:3: tenants.t: tenant \"t\" is already defined at a.yaml:6",
            ])
    }

    @Test("All problems at once, in the order of the files")
    func order() {
        let found = complaints([
            ("b.yaml", "version: 2\nmodels:\n  m: {targets: [{provider: x}, {provider: z}], resume: 5}\nfoo: 1"),
            ("a.yaml", "providers:\n  p: {kind: wrong}\n  q: {kind: demo, api_key: key}"),
        ])
        #expect(
            found.map { $0.split(separator: " ").prefix(2).joined(separator: " ") } == [
                "a.yaml:1: \"version:", "a.yaml:2: providers.p.kind:", "a.yaml:3: providers.q.api_key:",
                "b.yaml:1: version:",
                "b.yaml:3: models.m.resume:", "b.yaml:3: models.m.targets[0].provider:",
                "b.yaml:3: models.m.targets[1].provider:",
                "b.yaml:4: foo:",
            ])
    }

    @Test("A reference to a provider that is itself wrong is no second problem")
    func followUps() {
        #expect(complaints("providers:\n  p: {kind: wrong}\nmodels: {m: {targets: [{provider: p}]}}").count == 1)
        #expect(complaints("plans:\n  p: {models: 5}\ntenants: {t: {plan: p}}").count == 1)
        let broken = complaints([
            ("a.yaml", "version: 1\nproviders: {"), ("b.yaml", "version: 1\nmodels: {m: {targets: [{provider: p}]}}"),
        ])
        #expect(broken.count == 1)
        #expect(broken[0].hasPrefix("a.yaml:"))
    }
}
