import WireJSON

/// An error as the providers of OpenAI's family write it, read into one shape. Variants: contracts, sections 1.4,
/// 2.3 to 2.6.
struct OpenAIErrorEnvelope {
    /// As sent; not masked yet.
    var message: String
    var type: String?
    /// Codes come as strings and as numbers.
    var code: String?
    var param: String?
    /// OpenRouter's details.
    var metadata: JSONValue?
    /// The status inside the error (Groq's streams, OpenRouter's code), where there is no other.
    var status: Int?
    /// Azure's content filter states its reason one level down.
    var innerCode: String?

    /// nil if the value does not look like an error.
    ///
    /// Accepts `{"error":{…}}`, `{"error":"text"}`, `[{"error":…}]`, an error object alone, vLLM's older
    /// `{"object":"error","message":…}` and FastAPI's `{"detail":…}`.
    init?(_ value: JSONValue) {
        let root = value[0] ?? value
        guard root.objectValue != nil else { return nil }
        switch root["error"] {
        case .object?: self.init(fields: root["error"] ?? .null)
        case .string(let text)?:
            self.init(fields: root)
            message = text
            type = type ?? root["error_type"]?.stringValue
        default:
            if root["message"]?.stringValue != nil {
                self.init(fields: root)
            } else if let detail = root["detail"] {
                self.init(detail: detail)
            } else {
                return nil
            }
        }
    }

    private init(fields: JSONValue) {
        let metadata = fields["metadata"]
        message = fields["message"]?.stringValue ?? ""
        type = fields["type"]?.stringValue ?? metadata?["error_type"]?.stringValue
        code = fields["code"].flatMap { $0.stringValue ?? $0.numberValue?.text }
        param = fields["param"]?.stringValue
        self.metadata = metadata
        innerCode = (fields["innererror"] ?? fields["inner_error"])?["code"]?.stringValue
        let numbers = [fields["status_code"]?.intValue, code.flatMap { Int($0) }]
        status = numbers.compactMap { $0 }.first { 400..<600 ~= $0 }
        if message.isEmpty { message = Self.detailText(fields["detail"] ?? fields["details"]) ?? "" }
    }

    /// FastAPI: a text, or a list of `{loc, msg, type}`.
    private init(detail: JSONValue) {
        message = Self.detailText(detail) ?? ""
        let location = detail[0]?["loc"]?.arrayValue?.compactMap { $0.stringValue ?? $0.numberValue?.text }
        if let location, location.count > 1 { param = location.dropFirst().joined(separator: ".") }
    }

    private static func detailText(_ detail: JSONValue?) -> String? {
        if let text = detail?.stringValue { return text }
        if let text = detail?["message"]?.stringValue { return text }
        let texts = detail?.arrayValue?.compactMap { $0["msg"]?.stringValue } ?? []
        return texts.isEmpty ? nil : texts.joined(separator: "; ")
    }

    /// The text of the provider behind OpenRouter: `metadata.raw`, which is a text or a quoted JSON error.
    var upstreamText: String? {
        guard let raw = metadata?["raw"]?.stringValue, !raw.isEmpty else { return nil }
        guard let value = try? JSONValue(parsing: raw), let inner = OpenAIErrorEnvelope(value) else { return raw }
        return inner.message.isEmpty ? raw : inner.message
    }

    /// The message for people: OpenRouter's "Provider returned error" gets the reason behind it.
    var text: String {
        guard let upstream = upstreamText else { return message }
        return message.isEmpty ? upstream : "\(message): \(upstream)"
    }

    /// The `param`, else the name that an "Unsupported parameter: 'x'" text quotes.
    var complainedParam: String? {
        if let param { return param }
        for quote in ["'", "`", "\""] as [Character] {
            let pieces = message.split(separator: quote, omittingEmptySubsequences: false)
            guard pieces.count >= 3 else { continue }
            let name = pieces[1]
            let isName =
                !name.isEmpty && name.utf8.count <= 64
                && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_.[]".contains($0)) }
            return isName ? String(name) : nil
        }
        return nil
    }
}
