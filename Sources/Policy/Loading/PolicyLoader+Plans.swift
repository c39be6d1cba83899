extension PolicyLoader {
    mutating func readPlan(_ name: String, _ place: Cursor) -> PlanPolicy? {
        let known = ["models", "limits", "alerts", "on_store_outage", "cache", "unknown_price", "ip_allow"]
        guard let members = place.members(known) else { return nil }
        // Without a list a plan allows every model: a plan is mostly about limits.
        let models = members["models"]?.texts() ?? ["*"]
        var plan = PlanPolicy(name: name, models: models.map { NamePattern($0) })
        plan.limits = members["limits"].map { readLimits($0) } ?? []
        plan.alerts = members["alerts"].flatMap { readAlerts($0) }
        if let value = members["on_store_outage"]?.choice(PlanPolicy.OnStoreOutage.self) { plan.onStoreOutage = value }
        plan.cache = members["cache"].flatMap { readCache($0, known: ["enabled", "ttl", "billing"]) }
        if let value = members["unknown_price"]?.choice(PlanPolicy.UnknownPrice.self) { plan.unknownPrice = value }
        plan.ipAllow = readAddresses(members["ip_allow"])
        return plan
    }

    mutating func readTenant(_ name: String, _ place: Cursor) -> TenantPolicy? {
        guard let members = place.members(["plan", "timezone", "limits"]) else { return nil }
        let plan = members["plan"]?.nonEmptyText()
        if let plan, let planPlace = members["plan"] { refer(toPlan: plan, at: planPlace) }
        var timezone = "UTC"
        if let zonePlace = members["timezone"], let zone = zonePlace.nonEmptyText() {
            if isTimezone(zone) {
                timezone = zone
            } else {
                zonePlace.fail("\"\(zone)\" is not in the time zone database; write a name such as America/Fortaleza")
            }
        }
        return TenantPolicy(
            name: name, plan: plan, timezone: timezone, limits: members["limits"].map { readLimits($0) } ?? [])
    }

    private func readLimits(_ place: Cursor) -> [LimitRule] {
        var rules: [LimitRule] = []
        for place in place.list() ?? [] {
            guard let rule = readLimit(place) else { continue }
            if rules.contains(where: { $0.concernsSame(as: rule) && $0.shadow == rule.shadow }) {
                place.fail("this list already has a limit for the same scope, resource and period")
            }
            rules.append(rule)
        }
        return rules
    }

    private func readLimit(_ place: Cursor) -> LimitRule? {
        guard let members = place.members(["scope", "resource", "per", "max", "shadow"]) else { return nil }
        for name in ["scope", "resource", "max"] where members[name] == nil { place.fail("\"\(name)\" is missing") }
        let shadow = members["shadow"]?.flag() ?? false
        guard let scope = members["scope"]?.choice(LimitRule.Scope.self),
            let resource = members["resource"]?.choice(LimitRule.Resource.self)
        else { return nil }
        var period: LimitRule.Period?
        if resource == .concurrency {
            members["per"]?.fail("concurrency has no period: it counts what runs at the same time")
        } else if let per = members["per"] {
            period = per.choice(LimitRule.Period.self)
            if period == nil { return nil }
        } else {
            place.fail(
                "\"per\" is missing; it is one of \(LimitRule.Period.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        guard let maxPlace = members["max"] else { return nil }
        guard let max = resource == .cost ? maxPlace.dollars() : maxPlace.number(0...1_000_000_000_000_000) else {
            return nil
        }
        return LimitRule(scope: scope, resource: resource, period: period, max: max, shadow: shadow)
    }

    private func readAlerts(_ place: Cursor) -> AlertPolicy? {
        guard let members = place.members(["at", "webhook", "allow_private_network"]) else { return nil }
        let at = members["at"]?.list()?.compactMap { $0.number(1...1000) } ?? [50, 80, 95]
        return AlertPolicy(
            at: at.sorted(), webhook: members["webhook"]?.url(),
            allowPrivateNetwork: members["allow_private_network"]?.flag() ?? false)
    }

    private func readAddresses(_ place: Cursor?) -> [String] {
        (place?.list() ?? []).compactMap { place in
            guard let text = place.nonEmptyText() else { return nil }
            guard AddressRange.isValid(text) else {
                place.fail("\"\(text)\" is not an address or a range such as 10.0.0.0/8 or 2001:db8::/32")
                return nil
            }
            return text
        }
    }
}
