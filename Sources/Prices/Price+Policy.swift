package import Dialects
package import Policy

extension Price {
    /// The price that holds for one target of a model: the policy's rates, and the table's where the policy says
    /// nothing. nil where neither knows one: the plan's `unknown_price` then decides.
    package static func effective(
        kind: ProviderKind, model: String, policy: PricePolicy?, table: PriceTable = .shared
    ) -> Price? {
        let stated = table.price(kind: kind, model: model)
        guard let policy, policy != PricePolicy() else { return stated }
        var price = stated ?? Price(version: "")
        price.version = price.version.isEmpty ? "policy" : price.version + "+policy"
        price.override(with: policy)
        return price
    }

    /// A rate from the policy holds for requests of any length. Rates it has no word for (audio, images, writes for an
    /// hour) stay the table's.
    private mutating func override(with policy: PricePolicy) {
        if let rate = policy.inputPerMillionTokens {
            input = rate
            longContext?.input = rate
        }
        if let rate = policy.cachedInputPerMillionTokens {
            cachedInput = rate
            longContext?.cachedInput = rate
        }
        if let rate = policy.cacheWritePerMillionTokens {
            cacheWrite = rate
            longContext?.cacheWrite = rate
        }
        if let rate = policy.outputPerMillionTokens {
            output = rate
            reasoning = nil
            longContext?.output = rate
        }
    }
}
