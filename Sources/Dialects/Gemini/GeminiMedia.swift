import WireJSON

/// Pictures and other files in requests, and where Google can get them from.
enum GeminiMedia {
    enum Source: Equatable {
        /// Google reads it itself: YouTube, its Files API, Cloud Storage.
        case google(mediaType: String?)
        /// The gateway has to fetch it.
        case fetch
        case unsupported
    }

    static func source(of url: String) -> Source {
        if hasPrefix("gs://", url) { return .google(mediaType: mediaType(ofPath: url)) }
        guard let host = webHost(of: url) else { return .unsupported }
        switch host {
        case "youtube.com", "www.youtube.com", "m.youtube.com", "youtu.be": return .google(mediaType: "video/mp4")
        case "generativelanguage.googleapis.com": return .google(mediaType: nil)
        default: return .fetch
        }
    }

    /// Whether a body can hold an `image_url` member, plain or with escapes in its name: most requests
    /// cannot, and need no parsing to find that out.
    static func mayHoldImages(_ body: [UInt8]) -> Bool {
        contains(body, "image_url") || contains(body, "\\u00")
    }

    static func inlineData(mediaType: String, base64: String) -> JSONValue {
        ["inlineData": ["mimeType": .string(mediaType), "data": .string(base64)]]
    }

    static func fileData(uri: String, mediaType: String?) -> JSONValue {
        var file: JSONObject = ["fileUri": .string(uri)]
        if let mediaType { file["mimeType"] = .string(mediaType) }
        return ["fileData": .object(file)]
    }

    /// The lowercased host of an http(s) URL, without user information and port.
    private static func webHost(of url: String) -> String? {
        let scheme = ["https://", "http://"].first { hasPrefix($0, url) }
        guard let scheme else { return nil }
        let authority = url.utf8.dropFirst(scheme.utf8.count).prefix {
            $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") && $0 != UInt8(ascii: "\\")
        }
        let afterUser = authority.lastIndex(of: UInt8(ascii: "@")).map { authority[authority.index(after: $0)...] }
        let host = (afterUser ?? authority).prefix { $0 != UInt8(ascii: ":") }
        return host.isEmpty ? nil : String(decoding: host, as: UTF8.self).lowercased()
    }

    /// Cloud Storage files need a media type; the name is all there is to go by.
    private static func mediaType(ofPath path: String) -> String? {
        guard let dot = path.utf8.lastIndex(of: UInt8(ascii: ".")) else { return nil }
        switch String(decoding: path.utf8[path.utf8.index(after: dot)...], as: UTF8.self).lowercased() {
        case "png": return "image/png"
        case "jpg", "jpeg": return "image/jpeg"
        case "webp": return "image/webp"
        case "gif": return "image/gif"
        case "heic": return "image/heic"
        case "pdf": return "application/pdf"
        case "mp4": return "video/mp4"
        case "mp3": return "audio/mp3"
        case "wav": return "audio/wav"
        case "txt": return "text/plain"
        default: return nil
        }
    }

    private static func hasPrefix(_ prefix: String, _ text: String) -> Bool {
        var bytes = text.utf8.makeIterator()
        for expected in prefix.utf8 {
            guard let byte = bytes.next(), byte == expected || byte == expected & 0xDF else { return false }
        }
        return true
    }

    private static func contains(_ body: [UInt8], _ needle: StaticString) -> Bool {
        let count = needle.utf8CodeUnitCount
        guard body.count >= count else { return false }
        return needle.withUTF8Buffer { needle in
            var start = 0
            while let hit = body[start...].firstIndex(of: needle[0]), body.count - hit >= count {
                if body[hit..<(hit + count)].elementsEqual(needle) { return true }
                start = hit + 1
            }
            return false
        }
    }
}
