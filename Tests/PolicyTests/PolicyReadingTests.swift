import Testing

@testable import Policy

@Suite("Reading a policy")
struct PolicyReadingTests {
    /// Every key there is.
    static let everything = """
        version: 1
        providers:
          main:
            kind: openai
            base_url: https://proxy.example/v1/
            api_key: [env:KEY_ONE, file:/run/key, stored:third]
            headers: {X-Extra: value, X-Number: 5}
            timeouts: {connect: 500ms, first_token: 20s, answer: 2m, idle: 30s, total: 1h}
            max_connections: 64
            on_disconnect: drain
            allow_private_network: true
          flow: {kind: n8n}
        models:
          smart:
            targets:
              - {provider: main, model: gpt-4o, weight: 3}
              - {provider: main}
            fallback_on: [rate_limit, content_filter]
            attempts_per_target: 1
            max_attempts: 6
            hedge_after: 1500ms
            choice: least_latency
            resume: true
            cache: {enabled: false, ttl: 7d}
            price: {input_per_mtok: 2.5, output_per_mtok: "10", cached_input_per_mtok: 1.25, cache_write_per_mtok: 0.000000001}
          "gpt-*": {targets: [{provider: main}]}
          hook: {targets: [{provider: flow, chat_url: "https://n8n.example/webhook/a?x=1", completions_url: "https://n8n.example/c"}]}
        plans:
          standard:
            models: [smart, "gpt-*"]
            limits:
              - {scope: tenant, resource: requests, per: minute, max: 600}
              - {scope: key, resource: tokens, per: day, max: 1_000_000}
              - {scope: tenant, resource: cost, per: month, max: 50.00}
              - {scope: key, resource: concurrency, max: 20}
              - {scope: end_user, resource: requests, per: hour, max: 100, shadow: true}
            alerts: {at: [95, 50, 80], webhook: "https://hooks.example/x", allow_private_network: true}
            on_store_outage: closed
            cache: {enabled: true, ttl: 12h, billing: full}
            unknown_price: block
            ip_allow: [10.0.0.0/8, "2001:db8::/32", 192.0.2.7]
        tenants:
          acme:
            plan: standard
            timezone: America/Fortaleza
            limits: [{scope: tenant, resource: requests, per: minute, max: 1200}]
        """

    private func everything() throws -> PolicySnapshot {
        try PolicySnapshot(
            files: [PolicyFile(name: "p.yaml", bytes: Array(Self.everything.utf8))],
            environment: ["KEY_ONE": "sk-1"], readFile: { $0 == "/run/key" ? Array("sk-2\n".utf8) : nil })
    }

    @Test("Providers")
    func providers() throws {
        let snapshot = try everything()
        #expect(snapshot.sources == ["p.yaml"])
        #expect(snapshot.warnings == [])
        let main = try #require(snapshot.providers["main"])
        #expect("\(main.kind)" == "openai")
        #expect(main.source == "p.yaml:3")
        #expect(main.baseURL == "https://proxy.example/v1")
        #expect(main.apiKeys == [.value("sk-1"), .value("sk-2"), .stored(name: "third")])
        #expect(main.apiKeys.map { $0.value { $0 == "third" ? "sk-3" : nil } } == ["sk-1", "sk-2", "sk-3"])
        #expect(main.headers == ["X-Extra": "value", "X-Number": "5"])
        #expect(main.maxConnections == 64)
        #expect(main.onDisconnect == .drain)
        #expect(main.allowPrivateNetwork)
        #expect(
            main.timeouts.resolved(reasoning: true)
                == ResolvedTimeouts(connect: 500, firstToken: 20_000, answer: 120_000, idle: 30_000, total: 3_600_000))
    }

    @Test("Models")
    func models() throws {
        let models = try everything().models
        var smart = ModelPolicy(
            name: "smart",
            targets: [ModelTarget(provider: "main", model: "gpt-4o", weight: 3), ModelTarget(provider: "main")])
        smart.fallbackOn = [.rateLimit, .contentFilter]
        smart.attemptsPerTarget = 1
        smart.maxAttempts = 6
        smart.hedgeAfter = 1500
        smart.choice = .leastLatency
        smart.resume = true
        var cache = CachePolicy()
        cache.enabled = false
        cache.ttl = 604_800_000
        smart.cache = cache
        var price = PricePolicy()
        price.inputPerMillionTokens = 2_500_000_000
        price.outputPerMillionTokens = 10_000_000_000
        price.cachedInputPerMillionTokens = 1_250_000_000
        price.cacheWritePerMillionTokens = 1
        smart.price = price
        #expect(models["smart"] == smart)
        #expect(models["hook"]?.targets.first?.chatURL == "https://n8n.example/webhook/a?x=1")
        #expect(models["hook"]?.targets.first?.completionsURL == "https://n8n.example/c")
        #expect(Set(models.keys) == ["smart", "gpt-*", "hook"])
    }

    @Test("Plans and tenants")
    func plans() throws {
        let snapshot = try everything()
        let plan = try #require(snapshot.plans["standard"])
        let limits = [
            LimitRule(scope: .tenant, resource: .requests, period: .minute, max: 600),
            LimitRule(scope: .key, resource: .tokens, period: .day, max: 1_000_000),
            LimitRule(scope: .tenant, resource: .cost, period: .month, max: 50_000_000_000),
            LimitRule(scope: .key, resource: .concurrency, period: nil, max: 20),
            LimitRule(scope: .endUser, resource: .requests, period: .hour, max: 100, shadow: true),
        ]
        #expect(plan.limits == limits)
        #expect(plan.alerts?.at == [50, 80, 95])
        #expect(plan.alerts?.webhook == "https://hooks.example/x")
        #expect(plan.alerts?.allowPrivateNetwork == true)
        #expect(plan.onStoreOutage == .closed)
        #expect(plan.cache?.enabled == true)
        #expect(plan.cache?.ttl == 43_200_000)
        #expect(plan.cache?.billing == .full)
        #expect(plan.unknownPrice == .block)
        #expect(plan.ipAllow == ["10.0.0.0/8", "2001:db8::/32", "192.0.2.7"])
        #expect(plan.allows(model: "smart") && plan.allows(model: "gpt-5"))
        #expect(!plan.allows(model: "claude") && !plan.allows(model: "smarter"))
        #expect(snapshot.tenants["acme"]?.timezone == "America/Fortaleza")
        let own = LimitRule(scope: .tenant, resource: .requests, period: .minute, max: 1200)
        #expect(snapshot.limits(forTenant: "acme") == Array(limits.dropFirst()) + [own])
    }

    @Test("Defaults")
    func defaults() throws {
        let snapshot = try load(
            "providers: {d: {kind: demo}}\nmodels: {m: {targets: [{provider: d}]}}\nplans: {p: {alerts: {}}}\ntenants: {t: {}}"
        )
        let provider = try #require(snapshot.providers["d"])
        #expect(provider.apiKeys.isEmpty && provider.headers.isEmpty && provider.baseURL.isEmpty)
        #expect(provider.maxConnections == 256 && provider.onDisconnect == .cancel && !provider.allowPrivateNetwork)
        #expect(
            provider.timeouts.resolved(reasoning: false)
                == ResolvedTimeouts(connect: 3_000, firstToken: 10_000, answer: 60_000, idle: 15_000, total: 600_000))
        #expect(
            provider.timeouts.resolved(reasoning: true)
                == ResolvedTimeouts(connect: 3_000, firstToken: 60_000, answer: 300_000, idle: 15_000, total: 600_000))
        let model = try #require(snapshot.models["m"])
        #expect(
            model.fallbackOn == [
                .rateLimit, .overloaded, .serverError, .timeout, .connection, .contextLength, .auth, .billing,
            ])
        #expect(model.attemptsPerTarget == 2 && model.maxAttempts == 4 && model.hedgeAfter == nil && !model.resume)
        #expect(model.cache == nil && model.price == nil)
        let plan = try #require(snapshot.plans["p"])
        #expect(plan.allows(model: "anything") && plan.limits.isEmpty && plan.ipAllow.isEmpty && plan.cache == nil)
        #expect(plan.onStoreOutage == .lease && plan.unknownPrice == .flag)
        #expect(plan.alerts?.at == [50, 80, 95])
        #expect(snapshot.tenants["t"]?.timezone == "UTC")
        #expect(snapshot.tenants["t"]?.plan == nil)
    }

    @Test("Which plan a tenant has")
    func plansOfTenants() throws {
        let named = try load("plans: {standard: {models: [a]}, big: {models: [b]}}\ntenants: {t: {plan: big}, u: {}}")
        #expect(named.plan(forTenant: "t").name == "big")
        #expect(named.plan(forTenant: "u").name == "standard")
        #expect(named.plan(forTenant: "unknown").name == "standard")
        #expect(named.plan(forTenant: "unknown", storedPlan: "big").name == "big")
        #expect(named.plan(forTenant: "t", storedPlan: "standard").name == "big")
        let none = try load("plans: {big: {models: [b]}}")
        #expect(none.plan(forTenant: "t").allows(model: "anything"))
        #expect(none.plan(forTenant: "t").limits.isEmpty)
        #expect(none.limits(forTenant: "t").isEmpty)
        #expect(none.plan(forTenant: "t", storedPlan: "standard").allows(model: "anything"))
    }

    @Test("A plan that does not exist allows nothing", arguments: ["plans: {standard: {models: [a]}}", "plans: {}"])
    func unknownPlans(plans: String) throws {
        let snapshot = try load(plans + "\ntenants: {t: {limits: []}}")
        for tenant in ["t", "unknown"] {
            let plan = snapshot.plan(forTenant: tenant, storedPlan: "narow")
            #expect(plan.name == "narow")
            #expect(plan.models.isEmpty && plan.limits.isEmpty)
            #expect(!plan.allows(model: "a") && !plan.allows(model: "*") && !plan.allows(model: ""))
        }
        #expect(snapshot.plan(forTenant: "unknown", storedPlan: "").name == "")
        #expect(!snapshot.plan(forTenant: "unknown", storedPlan: "").allows(model: "a"))
    }

    @Test("Which plans exist")
    func existingPlans() throws {
        let snapshot = try load("plans: {big: {models: [b]}}")
        #expect(snapshot.hasPlan("big"))
        #expect(snapshot.hasPlan("standard"))
        #expect(!snapshot.hasPlan("Big") && !snapshot.hasPlan("") && !snapshot.hasPlan("unlimited"))
    }

    @Test("Secrets do not show in descriptions")
    func secrets() throws {
        let snapshot = try everything()
        var dump = ""
        Swift.dump(snapshot, to: &dump)
        #expect(!"\(snapshot)".contains("sk-1"))
        #expect(!String(reflecting: snapshot.providers).contains("sk-2"))
        #expect(!dump.contains("sk-1"))
    }
}
