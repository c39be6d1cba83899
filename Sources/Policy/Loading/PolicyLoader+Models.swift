import Dialects

extension PolicyLoader {
    mutating func readModel(_ name: String, _ place: Cursor) -> ModelPolicy? {
        let known = [
            "targets", "choice", "fallback_on", "attempts_per_target", "max_attempts", "hedge_after", "resume", "cache",
            "price",
        ]
        guard let members = place.members(known) else { return nil }
        guard let targetsPlace = members["targets"] else { place.fail("\"targets\" is missing"); return nil }
        guard let targetPlaces = targetsPlace.list() else { return nil }
        if targetPlaces.isEmpty { targetsPlace.fail("a model needs at least one target") }
        let targets = targetPlaces.compactMap { readTarget($0, model: name) }
        guard !targets.isEmpty else { return nil }
        var model = ModelPolicy(name: name, targets: targets)
        if let reasons = members["fallback_on"]?.list() {
            model.fallbackOn = Set(reasons.compactMap { $0.choice(ModelPolicy.FallbackReason.self) })
        }
        if let value = members["choice"]?.choice(ModelPolicy.Choice.self) { model.choice = value }
        if let value = members["attempts_per_target"]?.number(1...10) { model.attemptsPerTarget = value }
        if let value = members["max_attempts"]?.number(1...50) { model.maxAttempts = value }
        if let hedge = members["hedge_after"], !hedge.isNull { model.hedgeAfter = hedge.duration() }
        if let value = members["resume"]?.flag() { model.resume = value }
        model.cache = members["cache"].flatMap { readCache($0, known: ["enabled", "ttl"]) }
        model.price = members["price"].flatMap { readPrice($0) }
        return model
    }

    private mutating func readTarget(_ place: Cursor, model: String) -> ModelTarget? {
        guard let members = place.members(["provider", "model", "weight", "chat_url", "completions_url"]) else {
            return nil
        }
        guard let provider = members["provider"]?.nonEmptyText() else {
            if members["provider"] == nil { place.fail("\"provider\" is missing") }
            return nil
        }
        refer(toProvider: provider, at: members["provider"] ?? place, model: model)
        return ModelTarget(
            provider: provider, model: members["model"]?.nonEmptyText(),
            weight: members["weight"]?.number(0...1_000_000), chatURL: members["chat_url"].map { $0.url() ?? "" },
            completionsURL: members["completions_url"]?.url())
    }

    func readCache(_ place: Cursor, known: [String]) -> CachePolicy? {
        guard let members = place.members(known) else { return nil }
        var cache = CachePolicy()
        cache.enabled = members["enabled"]?.flag()
        cache.ttl = members["ttl"]?.duration()
        cache.billing = members["billing"]?.choice(CachePolicy.Billing.self)
        return cache
    }

    private func readPrice(_ place: Cursor) -> PricePolicy? {
        let known = ["input_per_mtok", "output_per_mtok", "cached_input_per_mtok", "cache_write_per_mtok"]
        guard let members = place.members(known) else { return nil }
        var price = PricePolicy()
        price.inputPerMillionTokens = members["input_per_mtok"]?.dollars()
        price.outputPerMillionTokens = members["output_per_mtok"]?.dollars()
        price.cachedInputPerMillionTokens = members["cached_input_per_mtok"]?.dollars()
        price.cacheWritePerMillionTokens = members["cache_write_per_mtok"]?.dollars()
        return price
    }
}
