extension TokenUsage {
    /// UTF-8 bytes per token that an estimate assumes. English prose and code run at about 4 with the tokenizers
    /// of all providers here, most other scripts lower; one fixed number keeps estimates explainable.
    package static let bytesPerToken = 4

    /// Tokens for text no provider has counted (n8n, cut streams), rounded up and marked as estimated.
    package static func estimate(promptBytes: Int, completionBytes: Int) -> TokenUsage {
        func tokens(_ bytes: Int) -> Int {
            let bytes = max(0, min(bytes, maximumTokens * bytesPerToken))
            return (bytes + bytesPerToken - 1) / bytesPerToken
        }
        var usage = TokenUsage(prompt: tokens(promptBytes), completion: tokens(completionBytes))
        usage.estimated = true
        return usage
    }
}
