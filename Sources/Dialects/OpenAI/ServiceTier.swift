import WireJSON

/// Groq's names for its service tiers, in OpenAI's words: the official SDKs accept no others (contracts,
/// section 2.3).
enum ServiceTier {
    /// The value to put in its place; nil where it stays.
    static func openAI(_ tier: AnswerEntry, in data: [UInt8], kind: ProviderKind) -> [UInt8]? {
        guard kind == .groq else { return nil }
        if tier.spells("on_demand", in: data) { return JSONText.quoted("default") }
        if tier.spells("performance", in: data) { return JSONText.quoted("priority") }
        return nil
    }
}
