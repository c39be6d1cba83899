import WireJSON

/// What a request asks for, in no dialect's terms.
struct Prompt: Sendable {
    enum ToolChoice: Sendable, Hashable {
        case auto
        case none
        case required
        case named(String)
    }

    enum Format: Sendable {
        case text
        case object
        case schema(JSONValue)
    }

    struct Tool: Sendable {
        var name: String
        var schema: JSONValue?
    }

    /// Something that is no text: an image, a document, a recording.
    struct Medium: Sendable, Hashable {
        enum Kind: Sendable, Hashable { case image, document, audio }
        var kind: Kind
        /// nil when only an address is known.
        var mediaType: String?
    }

    var model = ""
    /// Text of the last user turn.
    var text = ""
    /// Text bytes of the whole request, which the usage numbers are made from.
    var textBytes = 0
    /// Of the last user turn.
    var media: [Medium] = []
    var tools: [Tool] = []
    var toolChoice = ToolChoice.auto
    var allowsParallelCalls = true
    /// Results that wait for the model's next word; empty when the last turn is the user's.
    var toolResults: [String] = []
    var maxTokens: Int?
    var stop: [String] = []
    var choices = 1
    var format = Format.text
    var stream = false
    var includeUsage = false

    /// Takes a turn's text and media in; `isUser` turns become the question.
    mutating func take(_ content: TurnContent, isUser: Bool) {
        textBytes += content.text.utf8.count
        if isUser {
            text = content.text
            media = content.media
            toolResults = []
        }
    }

    mutating func takeToolResult(_ content: String) {
        textBytes += content.utf8.count
        toolResults.append(content)
    }
}

/// The content of one turn, whatever its parts were called.
struct TurnContent: Sendable {
    var text = ""
    var media: [Prompt.Medium] = []

    mutating func add(text more: String) {
        if !text.isEmpty, !more.isEmpty { text += "\n" }
        text += more
    }

    mutating func add(_ kind: Prompt.Medium.Kind, mediaType: String?) {
        media.append(Prompt.Medium(kind: kind, mediaType: mediaType))
    }

    /// The media type of a `data:` address; nil for a link.
    static func mediaType(ofDataURL url: String) -> String? {
        guard url.hasPrefix("data:") else { return nil }
        let type = url.dropFirst(5).prefix { $0 != ";" && $0 != "," }
        return type.isEmpty ? nil : String(type)
    }
}
