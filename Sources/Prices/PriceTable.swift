package import Dialects

/// What the models of each provider cost, from facts compiled in. Looked up when a policy is loaded or a model is
/// first met, not per request.
///
/// A name that is not in the table is looked for without a date, `-latest` or `-preview`, as the capability table
/// does. There the likeness ends: relatives of a model have abilities in common, but not prices, so a model without
/// a row of its own has no price.
package struct PriceTable: Sendable {
    /// The compiled-in facts.
    package static let shared = PriceTable(parsing: data, version: asOf)

    let rows: [ProviderKind: [String: Price]]
    /// The day the facts were collected (`2026-11-21`), for ledger rows.
    package let version: String

    /// This provider's price for a model, by the name the provider knows it under; nil if it is unknown.
    ///
    /// `demo` answers itself and is free. n8n and `openai_compatible` servers have unknown prices, whatever their
    /// models are called: only their owner knows what they cost, and says so in the policy.
    package func price(kind: ProviderKind, model: String) -> Price? {
        switch kind {
        case .demo: .free
        case .n8n, .openaiCompatible: nil
        case .openrouter: aggregated(model)
        case .gemini where model.hasPrefix("models/"): find(String(model.dropFirst(7)), in: .gemini)
        case .openai, .anthropic, .gemini, .groq: find(model, in: kind)
        }
    }

    /// OpenRouter's `vendor/model[:variant]`: its own row, else the vendor's, since it adds nothing to their prices.
    /// It states the cost of every answer itself; this one serves estimates before it does.
    private func aggregated(_ model: String) -> Price? {
        if model.hasSuffix(":free") { return Price(version: version).with(rate: 0) }
        let base = String(model.prefix { $0 != ":" })
        if let price = find(base, in: .openrouter) { return price }
        let parts = base.split(separator: "/", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { return nil }
        return switch parts[0] {
        case "openai": find(parts[1], in: .openai)
        // Aggregators write claude-opus-4.5 where Anthropic writes claude-opus-4-5.
        case "anthropic": find(String(parts[1].map { $0 == "." ? "-" : $0 }), in: .anthropic)
        case "google": find(parts[1], in: .gemini)
        default: nil
        }
    }

    private func find(_ model: String, in kind: ProviderKind) -> Price? {
        guard let rows = rows[kind] else { return nil }
        return rows[model] ?? rows[ModelName.undated(model)] ?? rows[ModelName.plain(model)]
    }
}
