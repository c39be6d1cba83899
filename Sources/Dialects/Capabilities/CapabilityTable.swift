/// What the models of each provider can do, from facts compiled in. Looked up when a policy is loaded, not per request.
///
/// A model that is not in the table is looked for in these steps:
/// 1. its name without a date, `-latest` or `-preview`;
/// 2. the nearest relative of its line: of the same major version the newest that is not newer, else the next newer;
///    without one of the same major version the newest older one. `claude-opus-6` is taken to behave as the newest
///    known Opus, since restrictions have only ever been added within a line. Token limits are taken over from older
///    relatives only: newer models have had larger ones, so those of a newer relative would promise too much;
/// 3. with the last words of the line left out, abilities only: `gpt-5.3-codex` as `gpt-5.2`.
///
/// Whatever stays unknown is nil; a model older than all known ones stays unknown altogether.
package struct CapabilityTable: Sendable {
    /// The compiled-in facts.
    package static let shared = CapabilityTable(parsing: data)

    struct Row: Sendable {
        var name: ModelName
        /// `chat`, `embedding`, `image` …
        var kind: String
        var capabilities: ModelCapabilities
    }

    let rows: [ProviderKind: [String: Row]]

    /// What this provider's model can do; all members nil if nothing is known.
    package func capabilities(kind: ProviderKind, model: String) -> ModelCapabilities {
        switch kind {
        case .n8n, .demo: ModelCapabilities()
        case .openrouter: aggregated(model, in: .openrouter)
        case .openaiCompatible: native(model) ?? aggregated(model, in: .openrouter)
        case .gemini where model.hasPrefix("models/"): find(String(model.dropFirst(7)), in: .gemini) ?? .init()
        case .openai, .anthropic, .gemini, .groq: find(model, in: kind) ?? ModelCapabilities()
        }
    }

    /// `vendor/model[:variant]`: the aggregator's own row, else the vendor's, else a relative.
    private func aggregated(_ model: String, in kind: ProviderKind) -> ModelCapabilities {
        let base = String(model.prefix { $0 != ":" })
        var capabilities = named(base, in: kind) ?? vendors(base) ?? find(base, in: kind) ?? ModelCapabilities()
        if model.hasSuffix(":thinking") { capabilities.reasoning = true }
        return capabilities
    }

    /// The row of the vendor named in front of the slash.
    private func vendors(_ model: String) -> ModelCapabilities? {
        let parts = model.split(separator: "/", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { return native(model) }
        return switch parts[0] {
        case "openai": find(parts[1], in: .openai) ?? find(model, in: .groq)
        // Aggregators write claude-opus-4.5 where Anthropic writes claude-opus-4-5.
        case "anthropic": find(String(parts[1].map { $0 == "." ? "-" : $0 }), in: .anthropic)
        case "google": find(parts[1], in: .gemini)
        default: find(model, in: .groq)
        }
    }

    /// Well-known names behind other servers (Azure, proxies): the name tells the vendor.
    private func native(_ model: String) -> ModelCapabilities? {
        if model.hasPrefix("claude-") { return find(model, in: .anthropic) }
        if model.hasPrefix("gemini-") { return find(model, in: .gemini) }
        return find(model, in: .openai)
    }

    // MARK: One provider's rows

    private func find(_ model: String, in kind: ProviderKind) -> ModelCapabilities? {
        named(model, in: kind) ?? rows[kind].flatMap { relative(of: ModelName(ModelName.undated(model)), in: $0) }
    }

    private func named(_ model: String, in kind: ProviderKind) -> ModelCapabilities? {
        guard let rows = rows[kind] else { return nil }
        let row = rows[model] ?? rows[ModelName.undated(model)] ?? rows[ModelName.plain(model)]
        return row?.capabilities
    }

    private func relative(of wanted: ModelName, in rows: [String: Row]) -> ModelCapabilities? {
        guard let major = wanted.version.first else { return nil }
        var words = Self.sameAs[wanted.line, default: wanted.line].split(separator: "-")
        var isWhole = true
        while !words.isEmpty {
            let line = words.joined(separator: "-")
            let candidates = rows.values.filter { $0.name.line == line && (isWhole || $0.kind == "chat") }
            if let (row, isOlder) = nearest(to: wanted, major: major, among: candidates) {
                return isOlder && isWhole ? row.capabilities : row.capabilities.withoutLimits
            }
            words.removeLast()
            isWhole = false
        }
        return nil
    }

    /// Contracts, section 0, fact 1: Mythos goes with Fable.
    private static let sameAs = ["claude-mythos": "claude-fable"]

    private func nearest(to wanted: ModelName, major: Int, among rows: [Row]) -> (row: Row, isOlder: Bool)? {
        func isOrdered(_ first: Row, _ second: Row) -> Bool {
            first.name.version.lexicographicallyPrecedes(second.name.version)
        }
        let same = rows.filter { $0.name.version.first == major }
        if let row = same.filter({ $0.name.isUpTo(wanted) }).max(by: isOrdered) { return (row, true) }
        if let row = same.min(by: isOrdered) { return (row, false) }
        return rows.filter { $0.name.isUpTo(wanted) }.max(by: isOrdered).map { ($0, true) }
    }
}

extension ModelCapabilities {
    /// Abilities only, for a model that is merely related.
    fileprivate var withoutLimits: ModelCapabilities {
        var copy = self
        copy.contextWindow = nil
        copy.maxOutput = nil
        copy.promptCacheMinimumTokens = nil
        return copy
    }
}
