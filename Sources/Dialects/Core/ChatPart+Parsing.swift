import WireJSON

extension ChatPart {
    /// What each kind of content part may appear in.
    enum Place {
        /// `system` and `developer`: text only.
        case instruction
        case user
        case assistant
        /// Tool results: text; images and files for the providers that take them.
        case tool

        fileprivate var types: [String] {
            switch self {
            case .instruction: ["text"]
            case .user: ["text", "image_url", "input_audio", "file"]
            case .assistant: ["text", "refusal"]
            case .tool: ["text", "image_url", "file"]
            }
        }
    }

    /// One element of a `content` array. A `refusal` part is handled by the message.
    init(parsing reader: ParamReader, place: Place) throws(WireError) {
        guard let type = try reader.string("type") else { throw reader.missing("type") }
        guard place.types.contains(type) else { throw reader.invalid("type", type, supported: place.types) }
        let cacheControl = reader["cache_control"].flatMap { $0.objectValue == nil ? nil : $0 }
        switch type {
        case "text":
            self = .text(try reader.requiredString("text", allowsEmpty: true), cacheControl: cacheControl)
        case "image_url":
            self = .image(try ChatImage(parsing: reader.requiredObject("image_url")), cacheControl: cacheControl)
        case "input_audio":
            self = try Self.audio(parsing: reader.requiredObject("input_audio"))
        default:
            self = .file(try ChatFile(parsing: reader.requiredObject("file")), cacheControl: cacheControl)
        }
    }

    private static func audio(parsing reader: ParamReader) throws(WireError) -> ChatPart {
        let text = try reader.requiredString("data")
        guard let data = DataURI.normalized(text) else {
            throw .invalid(
                reader.path.member("data").text, "string is not base64", expected: "base64-encoded audio",
                code: "invalid_value")
        }
        let format = try reader.requiredString("format")
        guard format == "wav" || format == "mp3" else {
            throw reader.invalid("format", format, supported: ["wav", "mp3"])
        }
        return .audio(data: data, format: format)
    }
}

extension ChatImage {
    /// The `image_url` object.
    init(parsing reader: ParamReader) throws(WireError) {
        let url = try reader.requiredString("url")
        if let detail = try reader.string("detail"), !["auto", "low", "high"].contains(detail) {
            throw reader.invalid("detail", detail, supported: ["auto", "low", "high"])
        }
        let place = reader.path.member("url")
        let scheme = url.prefix { $0 != ":" }.lowercased()
        switch scheme {
        case "data":
            guard let uri = DataURI(url), uri.mediaType.hasPrefix("image/") else {
                throw .invalid(
                    place.text, "not a usable data URL",
                    expected: "a base64-encoded data URL with an image MIME type, such as "
                        + "'data:image/png;base64,aW1nIGJ5dGVzIGhlcmU='",
                    code: "invalid_image_url")
            }
            self = .inline(mediaType: uri.mediaType == "image/jpg" ? "image/jpeg" : uri.mediaType, base64: uri.base64)
        case "http", "https", "gs":
            // gs:// is Google's storage; only the Gemini dialect can use it.
            guard url.utf8.count > scheme.utf8.count + 3, url.dropFirst(scheme.count).hasPrefix("://") else {
                throw Self.invalidURL(place)
            }
            self = .url(url)
        default: throw Self.invalidURL(place)
        }
    }

    private static func invalidURL(_ place: ParamPath) -> WireError {
        .invalid(
            place.text, "not a valid URL",
            expected: "an http(s) URL or a base64-encoded data URL, but got a value with an invalid format",
            code: "invalid_image_url")
    }
}

extension ChatFile {
    /// The `file` object: `file_data`, else `file_id`.
    init(parsing reader: ParamReader) throws(WireError) {
        let filename = try reader.string("filename")
        if let data = try reader.string("file_data") {
            guard let uri = DataURI(data), !uri.mediaType.isEmpty else {
                throw .invalid(
                    reader.path.member("file_data").text, "not a usable data URL",
                    expected: "a base64-encoded data URL with a MIME type, such as "
                        + "'data:application/pdf;base64,JVBERi0='",
                    code: "invalid_value")
            }
            self = .inline(mediaType: uri.mediaType, base64: uri.base64, filename: filename)
        } else if let id = try reader.string("file_id"), !id.isEmpty {
            self = .id(id)
        } else {
            throw .missing(reader.path.member("file_data").text)
        }
    }
}
