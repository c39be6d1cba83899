import Identity
import Policy

@testable import Gateway
@testable import Limits

/// What the tests of limits share.
enum LimitFixtures {
    /// The clock of ``TestGateway``: Tuesday 2023-11-14, 22:13:20 UTC.
    static let now = 1_700_000_000_000
    /// 2023-11-15, 00:00 UTC.
    static let midnight = 1_700_006_400_000

    static func counter(
        _ scope: LimitRule.Scope, _ resource: LimitRule.Resource, _ period: LimitRule.Period?
    ) -> LimitCounter {
        LimitCounter(scope: scope, resource: resource, period: period, tenant: LimitTenant("acme"), subject: "")
    }

    static func state(
        _ scope: LimitRule.Scope = .tenant, _ resource: LimitRule.Resource = .requests,
        _ period: LimitRule.Period? = .minute, max: Int, used: Int = 0, reserved: Int = 0, shadow: Bool = false,
        resetsAt: Int = now + 100_000
    ) -> LimitState {
        LimitState(
            claim: LimitClaim(counter: counter(scope, resource, period), max: max, shadow: shadow), used: used,
            reserved: reserved, resetsAt: resetsAt)
    }

    /// A policy with these limits in the plan `standard`; YAML flow mappings.
    static func snapshot(_ limits: String..., tenants: String = "{}") throws -> PolicySnapshot {
        let list = limits.map { "      - \($0)" }.joined(separator: "\n")
        let text = "version: 1\nplans:\n  standard:\n    limits:\n\(list)\ntenants: \(tenants)\n"
        return try PolicySnapshot(files: [PolicyFile(name: "test.yaml", bytes: Array(text.utf8))], environment: [:])
    }

    static func subject(
        tenant: String = "acme", key: String? = "key_1", user: String? = "ann", model: String = "gpt",
        endUser: String? = nil
    ) -> LimitSubject {
        let kind = key == nil ? Identity.Kind.jwt : .apiKey
        return LimitSubject(
            Identity(kind: kind, tenant: tenant, keyID: key, user: user), model: model, endUser: endUser)
    }
}
