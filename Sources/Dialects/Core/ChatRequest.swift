package import WireJSON

/// A chat request decoded whole, for providers that do not speak OpenAI's format. Same-dialect
/// providers never need it. Parsing and its errors: `ChatRequest+Parsing.swift`.
///
/// A `/v1/completions` request parses into one too: its prompt becomes a user message.
package struct ChatRequest: Sendable {
    package var messages: [ChatMessage] = []
    package var tools: [ChatTool] = []
    /// Names only declared tools; nil leaves it to the provider.
    package var toolChoice: ChatToolChoice?
    package var parallelToolCalls: Bool?
    /// `max_completion_tokens`, else `max_tokens`.
    package var maxTokens: Int?
    /// 0 to 2; as spelled, like all numbers here.
    package var temperature: JSONNumber?
    package var topP: JSONNumber?
    package var topK: Int?
    package var frequencyPenalty: JSONNumber?
    package var presencePenalty: JSONNumber?
    /// At most four.
    package var stop: [String] = []
    /// `n`: how many answers are wanted, 1 to 128.
    package var choices: Int = 1
    package var seed: Int?
    package var logprobs: Bool?
    package var topLogprobs: Int?
    package var responseFormat: ChatResponseFormat?
    package var reasoningEffort: ReasoningEffort?
    /// `user`, else `safety_identifier`.
    package var user: String?
    package var serviceTier: String?
    /// Every top-level member, for provider extensions.
    package var members: JSONObject = [:]

    package init() {}
}

/// How much the model is asked to think; which levels it knows depends on the model.
package enum ReasoningEffort: String, Sendable, Hashable, CaseIterable {
    case none, minimal, low, medium, high, xhigh, max
}

/// What the answer's text must be.
package enum ChatResponseFormat: Sendable, Hashable {
    case text
    case jsonObject
    case jsonSchema(name: String, schema: JSONValue, strict: Bool?)
}

/// Whether and which tools the model may call.
package enum ChatToolChoice: Sendable, Hashable {
    case none
    case auto
    case required
    case function(name: String)
    /// `allowed_tools`: only these, `required` or not.
    case allowed(names: [String], required: Bool)
}

/// A declared function (old `functions` are read as these too).
package struct ChatTool: Sendable, Hashable {
    package var name: String
    package var description: String?
    /// The JSON schema as sent; nil when absent.
    package var parameters: JSONValue?
    package var strict: Bool?
    /// Extension of Anthropic's clients, passed through.
    package var cacheControl: JSONValue?

    package init(
        name: String, description: String? = nil, parameters: JSONValue? = nil, strict: Bool? = nil,
        cacheControl: JSONValue? = nil
    ) {
        self.name = name
        self.description = description
        self.parameters = parameters
        self.strict = strict
        self.cacheControl = cacheControl
    }
}

/// One message of the conversation; which members it has depends on its role.
package struct ChatMessage: Sendable, Hashable {
    package enum Role: String, Sendable, Hashable, CaseIterable {
        case system, developer, user, assistant, tool, function
    }

    package var role: Role
    package var name: String?
    /// A string content is one text part; null is none.
    package var parts: [ChatPart]
    /// An assistant's refusal, from its member or its parts.
    package var refusal: String?
    package var toolCalls: [ChatToolCall] = []
    /// Of a `tool` message. For the old `function` role: the id given to the call it answers, which is the
    /// function's name, numbered from its second call on (`name_2`).
    package var toolCallID: String?
    /// `reasoning_content` or `reasoning`, if the client sent it back.
    package var reasoning: String?

    package init(role: Role, parts: [ChatPart]) {
        self.role = role
        self.parts = parts
    }

    /// All text parts joined.
    package var text: String {
        var text = ""
        for case .text(let piece, _) in parts { text += piece }
        return text
    }
}

/// A call the model made, as the client sends it back.
package struct ChatToolCall: Sendable, Hashable {
    package var id: String
    package var name: String
    /// JSON text as the client sent it.
    package var arguments: String
    /// `extra_content.google.thought_signature`, if the client sent it back.
    package var thoughtSignature: String?

    package init(id: String, name: String, arguments: String, thoughtSignature: String? = nil) {
        self.id = id
        self.name = name
        self.arguments = arguments
        self.thoughtSignature = thoughtSignature
    }
}

/// A piece of a message's content.
package enum ChatPart: Sendable, Hashable {
    case text(String, cacheControl: JSONValue?)
    case image(ChatImage, cacheControl: JSONValue?)
    /// Base64 data and `wav` or `mp3`.
    case audio(data: String, format: String)
    case file(ChatFile, cacheControl: JSONValue?)
}

/// Where an image comes from.
package enum ChatImage: Sendable, Hashable {
    /// From a data URI.
    case inline(mediaType: String, base64: String)
    case url(String)
}

/// Where a file comes from.
package enum ChatFile: Sendable, Hashable {
    /// `file_data`, a data URI.
    case inline(mediaType: String, base64: String, filename: String?)
    case id(String)
}
