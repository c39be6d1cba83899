/// URLs of a service of OpenAI's family.
enum OpenAIAddress {
    /// Puts the endpoint's path behind the base URL's, before its query (Azure's `?api-version=…`). A base URL
    /// that ends in `/deployments` gets the model as the deployment's name.
    static func url(_ endpoint: Endpoint, base: String, model: String) -> String {
        let (path, query) = parts(base)
        let deployment = namesModel(base: base) ? "/" + escaped(model) : ""
        let suffix =
            switch endpoint {
            case .chatCompletions: "/chat/completions"
            case .completions: "/completions"
            case .embeddings: "/embeddings"
            }
        return path + deployment + suffix + query
    }

    /// Whether the model's name belongs into the URL.
    static func namesModel(base: String) -> Bool {
        parts(base).path.utf8.suffix(12).elementsEqual("/deployments".utf8)
    }

    private static func parts(_ base: String) -> (path: Substring, query: Substring) {
        let question = base.utf8.firstIndex(of: UInt8(ascii: "?")) ?? base.endIndex
        var path = base[..<question]
        while path.utf8.last == UInt8(ascii: "/") { path = path.dropLast() }
        return (path, base[question...])
    }

    /// Whether Azure knows `stream_options` under the API version in the base URL's query: since
    /// 2024-09-01-preview; older ones answer 400. True where there is no version.
    static func takesStreamOptions(base: String) -> Bool {
        for item in base.split(separator: "?").dropFirst().joined().split(separator: "&")
        where item.hasPrefix("api-version=") {
            let version = item.dropFirst("api-version=".count)
            // Dates in this form compare as texts; names such as `preview` or `latest` are newer than any.
            return version.first?.isNumber != true || version >= "2024-09-01"
        }
        return true
    }

    /// A path segment: everything but RFC 3986's unreserved characters as percent escapes.
    private static func escaped(_ name: String) -> String {
        let hex = Array("0123456789ABCDEF".utf8)
        var output: [UInt8] = []
        for byte in name.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                output.append(byte)
            default:
                output += [UInt8(ascii: "%"), hex[Int(byte >> 4)], hex[Int(byte & 15)]]
            }
        }
        return String(decoding: output, as: UTF8.self)
    }
}
