import WireJSON

/// Images and files as content blocks (contracts, section 2.1).
enum AnthropicMedia {
    private static let imageTypes: Set<String> = ["image/png", "image/jpeg", "image/gif", "image/webp"]
    private static let textTypes: Set<String> = [
        "application/json", "application/xml", "application/yaml", "application/x-yaml", "application/toml",
        "application/javascript", "application/sql", "application/x-ndjson",
    ]

    /// - Parameter path: of the part, `messages[2].content[0]`.
    static func image(_ image: ChatImage, path: @autoclosure () -> String) throws(WireError) -> JSONObject {
        switch image {
        case .inline(let mediaType, let base64):
            guard imageTypes.contains(mediaType) else {
                throw unsupported(
                    "Images of type '\(mediaType)' are not supported by this model; send PNG, JPEG, GIF or WebP.",
                    path() + ".image_url.url")
            }
            return ["type": "image", "source": base64Source(mediaType, base64)]
        case .url(let url):
            guard url.prefix(4).lowercased() == "http" else {
                throw unsupported("This model takes images by http(s) or data URL only.", path() + ".image_url.url")
            }
            return ["type": "image", "source": ["type": "url", "url": .string(url)]]
        }
    }

    /// - Parameter path: of the part, `messages[2].content[0]`.
    static func file(_ file: ChatFile, path: @autoclosure () -> String) throws(WireError) -> JSONObject {
        guard case .inline(let mediaType, let base64, let filename) = file else {
            // Ids are those of OpenAI's own file store.
            throw unsupported(
                "This model cannot read uploaded files; send the file's content as `file_data`.",
                path() + ".file.file_id")
        }
        if imageTypes.contains(mediaType) { return ["type": "image", "source": base64Source(mediaType, base64)] }
        var document: JSONObject = ["type": "document"]
        if mediaType == "application/pdf" {
            document.append("source", base64Source(mediaType, base64))
        } else if isText(mediaType) {
            guard let text = AnthropicBase64.decode(base64).flatMap({ String(validating: $0, as: UTF8.self) }) else {
                throw unsupported("Text files must be UTF-8.", path() + ".file.file_data")
            }
            document.append("source", ["type": "text", "media_type": "text/plain", "data": .string(text)])
        } else {
            throw unsupported(
                "Files of type '\(mediaType)' are not supported by this model; send PDF or text.",
                path() + ".file.file_data")
        }
        if let filename, !AnthropicBlock.isBlank(filename) { document.append("title", .string(filename)) }
        return document
    }

    private static func base64Source(_ mediaType: String, _ base64: String) -> JSONValue {
        ["type": "base64", "media_type": .string(mediaType), "data": .string(AnthropicBase64.padded(base64))]
    }

    private static func isText(_ mediaType: String) -> Bool {
        mediaType.hasPrefix("text/") || textTypes.contains(mediaType) || mediaType.hasSuffix("+json")
            || mediaType.hasSuffix("+xml")
    }

    private static func unsupported(_ message: String, _ param: String) -> WireError {
        .invalidRequest(message, param: param, code: "unsupported_value")
    }
}
