import Testing

@Suite("What is wrong with a policy")
struct PolicyComplaintTests {
    private static let openai = "providers: {openai: {kind: openai, base_url: \"https://e.example\"}}\n"

    @Test(
        "Providers",
        arguments: [
            (
                "providers:\n  a: {kind: opena}",
                "p.yaml:3: providers.a.kind: \"opena\" is not one of openai, anthropic, gemini, groq, openrouter, n8n, "
                    + "openai_compatible, demo; did you mean \"openai\"?"
            ),
            (
                "providers:\n  a:\n    base_url: https://x.example",
                "p.yaml:3: providers.a: \"kind\" is missing; it is one of openai, anthropic, gemini, groq, openrouter, "
                    + "n8n, openai_compatible, demo"
            ),
            (
                "providers:\n  a:\n    kind: demo\n    base_ur: x",
                "p.yaml:5: providers.a.base_ur: unknown key; did you mean \"base_url\"?"
            ),
            (
                "providers:\n  a:\n    kind: demo\n    colour: x",
                "p.yaml:5: providers.a.colour: unknown key; valid are kind, base_url, api_key, headers, timeouts, "
                    + "max_connections, on_disconnect, allow_private_network"
            ),
            (
                "providers:\n  a: {kind: openai_compatible}",
                "p.yaml:3: providers.a: a provider of kind openai_compatible needs \"base_url\""
            ),
            (
                "providers:\n  a: {kind: demo, base_url: example.com}",
                "p.yaml:3: providers.a.base_url: an absolute http or https URL is expected here"
            ),
            (
                "providers:\n  a: {kind: demo, base_url: \"https://u:secret@h.example\"}",
                "p.yaml:3: providers.a.base_url: a URL with credentials in it ends up in logs; write them as headers or keys"
            ),
            (
                "providers:\n  a: {kind: demo, base_url: [x]}",
                "p.yaml:3: providers.a.base_url: text is expected here, not a list"
            ),
            (
                "providers:\n  a: {kind: demo, api_key: sk-123}",
                "p.yaml:3: providers.a.api_key: a key is env:NAME, file:PATH or stored:NAME; a secret does not belong in a policy file"
            ),
            (
                "providers:\n  a: {kind: demo, api_key: file:/nowhere}",
                "p.yaml:3: providers.a.api_key: the key file /nowhere cannot be read"
            ),
            (
                "providers:\n  a: {kind: demo, api_key: file:/two}",
                "p.yaml:3: providers.a.api_key: the key file /two does not hold one key"
            ),
            (
                "providers:\n  a: {kind: demo, api_key: [env:OK, env:TWO]}",
                "p.yaml:3: providers.a.api_key[1]: the environment variable TWO does not hold one key"
            ),
            (
                "providers:\n  a: {kind: demo, timeouts: {connect: 3}}",
                "p.yaml:3: providers.a.timeouts.connect: a duration such as 500ms, 3s, 2m, 1h or 7d is expected here, not \"3\""
            ),
            (
                "providers:\n  a: {kind: demo, timeouts: {first: 3s}}",
                "p.yaml:3: providers.a.timeouts.first: unknown key; valid are connect, first_token, answer, idle, total"
            ),
            (
                "providers:\n  a: {kind: demo, timeouts: 3s}",
                "p.yaml:3: providers.a.timeouts: a mapping is expected here, not \"3s\""
            ),
            (
                "providers:\n  a: {kind: demo, max_connections: 0}",
                "p.yaml:3: providers.a.max_connections: a whole number from 1 to 100000 is expected here, not \"0\""
            ),
            (
                "providers:\n  a: {kind: demo, on_disconnect: drian}",
                "p.yaml:3: providers.a.on_disconnect: \"drian\" is not one of cancel, drain; did you mean \"drain\"?"
            ),
            (
                "providers:\n  a: {kind: demo, allow_private_network: maybe}",
                "p.yaml:3: providers.a.allow_private_network: true or false is expected here, not \"maybe\""
            ),
            (
                "providers:\n  a: {kind: demo, headers: {\"X Y\": z}}",
                "p.yaml:3: providers.a.headers[\"X Y\"]: \"X Y\" is not a header name"
            ),
            (
                "providers:\n  a: {kind: demo, headers: {Content-Length: 1}}",
                "p.yaml:3: providers.a.headers.Content-Length: \"Content-Length\" is set by the gateway"
            ),
            (
                "providers:\n  a: {kind: demo, headers: {X: \"a\\nb\"}}",
                "p.yaml:3: providers.a.headers.X: a header holds no line breaks"
            ),
            (
                "providers:\n  a: {kind: demo, headers: {x-a: 1, X-A: 2}}",
                "p.yaml:3: providers.a.headers.X-A: the header is set twice: case does not count in names"
            ),
            (
                "providers:\n  \"a b\": {kind: demo}",
                "p.yaml:3: providers[\"a b\"]: a provider's name has at most 64 letters, digits, \"-\", \"_\" and \".\""
            ),
            ("providers: [a]", "p.yaml:2: providers: a mapping is expected here, not a list"),
        ])
    func providers(yaml: String, complaint: String) {
        let environment = ["OK": "key", "TWO": "one two"]
        #expect(complaints(yaml, environment: environment, files: ["/two": "a\nb\n"]) == [complaint])
    }

    @Test(
        "Models",
        arguments: [
            ("  a: {}", "p.yaml:4: models.a: \"targets\" is missing"),
            ("  a: {targets: []}", "p.yaml:4: models.a.targets: a model needs at least one target"),
            (
                "  a: {targets: {provider: openai}}",
                "p.yaml:4: models.a.targets: a list is expected here, not a mapping"
            ),
            (
                "  a:\n    targets:\n      - {provider: openai}\n      - {model: x}",
                "p.yaml:7: models.a.targets[1]: \"provider\" is missing"
            ),
            (
                "  smart:\n    targets:\n      - {provider: opnai}",
                "p.yaml:6: models.smart.targets[0].provider: unknown provider \"opnai\"; did you mean \"openai\"?"
            ),
            (
                "  \"gpt-*\": {targets: [{provider: nobody}]}",
                "p.yaml:4: models[\"gpt-*\"].targets[0].provider: unknown provider \"nobody\""
            ),
            (
                "  a: {targets: [{provider: openai, modle: x}]}",
                "p.yaml:4: models.a.targets[0].modle: unknown key; did you mean \"model\"?"
            ),
            (
                "  a: {targets: [{provider: openai, weight: -1}]}",
                "p.yaml:4: models.a.targets[0].weight: a whole number from 0 to 1000000 is expected here, not \"-1\""
            ),
            (
                "  a: {targets: [{provider: openai, chat_url: \"https://x.example\"}]}",
                "p.yaml:4: models.a.targets[0].provider: \"chat_url\" and \"completions_url\" are for n8n providers"
            ),
            (
                "  a: {targets: [{provider: flow}]}",
                "p.yaml:4: models.a.targets[0].provider: a target of an n8n provider needs \"chat_url\""
            ),
            (
                "  a: {targets: [{provider: flow, chat_url: webhook}]}",
                "p.yaml:4: models.a.targets[0].chat_url: an absolute http or https URL is expected here"
            ),
            (
                "  a: {targets: [{provider: openai}], fallback_on: [rate_limits]}",
                "p.yaml:4: models.a.fallback_on[0]: \"rate_limits\" is not one of rate_limit, overloaded, server_error, timeout, "
                    + "connection, context_length, auth, billing, content_filter; did you mean \"rate_limit\"?"
            ),
            (
                "  a: {targets: [{provider: openai}], attempts_per_target: 0}",
                "p.yaml:4: models.a.attempts_per_target: a whole number from 1 to 10 is expected here, not \"0\""
            ),
            (
                "  a: {targets: [{provider: openai}], hedge_after: soon}",
                "p.yaml:4: models.a.hedge_after: a duration such as 500ms, 3s, 2m, 1h or 7d is expected here, not \"soon\""
            ),
            (
                "  a: {targets: [{provider: openai}], cache: {billing: free}}",
                "p.yaml:4: models.a.cache.billing: unknown key; valid are enabled, ttl"
            ),
            (
                "  a: {targets: [{provider: openai}], price: {input_per_mtok: -1}}",
                "p.yaml:4: models.a.price.input_per_mtok: an amount of US dollars such as 50.00, with at most nine decimals is expected here, not \"-1\""
            ),
        ])
    func models(yaml: String, complaint: String) {
        let providers = Self.openai.dropLast(2) + ", flow: {kind: n8n}}\nmodels:\n"
        #expect(complaints(providers + yaml) == [complaint])
    }

    @Test(
        "Plans",
        arguments: [
            ("{scope: tenant, resource: requests, per: minute}", ": \"max\" is missing"),
            ("{resource: requests, per: minute, max: 1}", ": \"scope\" is missing"),
            ("{scope: tenant, per: minute, max: 1}", ": \"resource\" is missing"),
            (
                "{scope: tenant, resource: requests, max: 1}",
                ": \"per\" is missing; it is one of second, minute, hour, day, week, month"
            ),
            (
                "{scope: tenant, resource: concurrency, per: day, max: 1}",
                ".per: concurrency has no period: it counts what runs at the same time"
            ),
            (
                "{scope: tennant, resource: requests, per: minute, max: 1}",
                ".scope: \"tennant\" is not one of global, tenant, user, key, key_model, tenant_model, end_user; did you mean \"tenant\"?"
            ),
            (
                "{scope: tenant, resource: token, per: minute, max: 1}",
                ".resource: \"token\" is not one of requests, tokens, cost, concurrency; did you mean \"tokens\"?"
            ),
            (
                "{scope: tenant, resource: tokens, per: year, max: 1}",
                ".per: \"year\" is not one of second, minute, hour, day, week, month"
            ),
            (
                "{scope: tenant, resource: tokens, per: day, max: 1.5}",
                ".max: a whole number from 0 to 1000000000000000 is expected here, not \"1.5\""
            ),
            (
                "{scope: tenant, resource: cost, per: day, max: 1e3}",
                ".max: an amount of US dollars such as 50.00, with at most nine decimals is expected here, not \"1e3\""
            ),
            (
                "{scope: tenant, resource: cost, per: day, max: 1, shadow: 1}",
                ".shadow: true or false is expected here, not \"1\""
            ),
            (
                "{scope: key, resource: tokens, per: day, max: 1}\n      - {scope: key, resource: tokens, per: day, max: 2}",
                "second"
            ),
        ])
    func limits(rule: String, complaint: String) {
        let found = complaints("plans:\n  p:\n    limits:\n      - \(rule)")
        if complaint == "second" {
            #expect(
                found == [
                    "p.yaml:6: plans.p.limits[1]: this list already has a limit for the same scope, resource and period"
                ])
        } else {
            #expect(found == ["p.yaml:5: plans.p.limits[0]" + complaint])
        }
    }

    @Test(
        "The rest of plans, and tenants",
        arguments: [
            (
                "plans: {p: {on_store_outage: close}}",
                "plans.p.on_store_outage: \"close\" is not one of closed, open, lease; did you mean \"closed\"?"
            ),
            ("plans: {p: {unknown_price: ignore}}", "plans.p.unknown_price: \"ignore\" is not one of flag, block"),
            (
                "plans: {p: {cache: {ttl: forever}}}",
                "plans.p.cache.ttl: a duration such as 500ms, 3s, 2m, 1h or 7d is expected here, not \"forever\""
            ),
            (
                "plans: {p: {alerts: {at: [0]}}}",
                "plans.p.alerts.at[0]: a whole number from 1 to 1000 is expected here, not \"0\""
            ),
            (
                "plans: {p: {alerts: {webhook: \"ftp://x\"}}}",
                "plans.p.alerts.webhook: an absolute http or https URL is expected here"
            ),
            (
                "plans: {p: {ip_allow: [10.0.0.0/33]}}",
                "plans.p.ip_allow[0]: \"10.0.0.0/33\" is not an address or a range such as 10.0.0.0/8 or 2001:db8::/32"
            ),
            ("plans: {p: {models: all}}", "plans.p.models: a list is expected here, not \"all\""),
            (
                "plans: {standard: {}}\ntenants: {a: {plan: standart}}",
                "tenants.a.plan: unknown plan \"standart\"; did you mean \"standard\"?"
            ),
            (
                "tenants: {a: {timezone: Fortaleza}}",
                "tenants.a.timezone: \"Fortaleza\" is not in the time zone database; write a name such as America/Fortaleza"
            ),
            ("tenants: {a: {limit: []}}", "tenants.a.limit: unknown key; did you mean \"limits\"?"),
            (
                "tenants: {\"a b\": {}}",
                "tenants[\"a b\"]: a tenant's name has at most 64 letters, digits, \"-\", \"_\" and \".\""
            ),
            (
                "plans: {\"{t}\": {}}",
                "plans[\"{t}\"]: a plan's name has at most 64 letters, digits, \"-\", \"_\" and \".\""
            ),
            (
                "providers: {x: {kind: demo}}\nmodels: {\"a b\": {targets: [{provider: x}]}}",
                "models[\"a b\"]: a model's name has at most 256 bytes and no spaces"
            ),
            ("tenant: {}", "tenant: unknown key; did you mean \"tenants\"?"),
        ])
    func plansAndTenants(yaml: String, complaint: String) {
        let line = yaml.split(separator: "\n").count + 1
        #expect(complaints(yaml) == ["p.yaml:\(line): " + complaint])
    }
}
