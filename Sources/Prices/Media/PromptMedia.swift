/// What a prompt holds beside text.
package enum PromptMedia: Sendable, Hashable {
    /// How closely the client wants an image looked at; `auto` if it does not say.
    package enum Detail: String, Sendable, Hashable {
        case auto, low, high, original
    }

    /// nil: behind a URL, or in a format that does not tell.
    case image(PixelSize?, Detail)
    case audio(milliseconds: Int)
    /// A PDF or other file; bytes after decoding, nil where it lies with the provider.
    case file(bytes: Int?, isText: Bool)
}
