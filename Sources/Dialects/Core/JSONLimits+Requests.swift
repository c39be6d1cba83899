package import WireJSON

extension JSONLimits {
    /// A client's request, as the one scan takes it. The longest conversations and the largest sets of tools stay far
    /// below; 30 MiB of `[],` would hold ten million.
    package static let request = JSONLimits(maxContainers: 200_000)

    /// A request that is decoded into values, because its provider does not speak OpenAI's format: some hundred
    /// bytes of memory for each.
    package static let translatedRequest = JSONLimits(maxContainers: 200_000, maxValues: 500_000)
}
