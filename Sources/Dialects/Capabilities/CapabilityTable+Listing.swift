extension CapabilityTable {
    /// Names of a provider's models that answer chat or embedding requests, sorted. Empty for kinds without facts
    /// of their own.
    package func models(kind: ProviderKind) -> [String] {
        (rows[kind] ?? [:]).filter { ["chat", "embedding"].contains($0.value.kind) }.keys.sorted()
    }
}
