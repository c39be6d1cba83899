package import Dialects

/// What a request cost, as the ledger keeps it.
package struct Charge: Sendable, Hashable {
    package var nanodollars: Int
    /// ``Price/version``; `provider` where the provider stated the cost itself.
    package var version: String

    /// A cost stated by the provider (OpenRouter) wins over any price. nil: the cost is unknown.
    package init?(usage: TokenUsage, media: MediaUsage = MediaUsage(), price: Price?) {
        if let stated = usage.costNanodollars {
            self.init(nanodollars: max(0, stated), version: "provider")
        } else if let price, let cost = price.cost(of: usage, media: media) {
            self.init(nanodollars: cost, version: price.version)
        } else {
            return nil
        }
    }

    package init(nanodollars: Int, version: String) {
        self.nanodollars = nanodollars
        self.version = version
    }
}
