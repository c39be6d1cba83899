/// What an answer used beside plain tokens, where the provider or the request states it.
package struct MediaUsage: Sendable, Hashable {
    /// Parts of `TokenUsage.prompt`.
    package var audioInputTokens = 0
    package var imageInputTokens = 0
    /// Part of `TokenUsage.cacheWrite`: written for an hour.
    package var cacheWriteHourTokens = 0
    /// Parts of `TokenUsage.completion`.
    package var audioOutputTokens = 0
    package var imageOutputTokens = 0

    /// Produced images that are not in the completion's tokens.
    package var images = 0
    /// Images of the prompt that are not in its tokens.
    package var inputImages = 0
    /// Length of audio that is billed by time and not by tokens.
    package var audioMilliseconds = 0
    /// Characters of text that is billed by characters and not by tokens.
    package var inputCharacters = 0

    package init() {}
}
