/// Addresses of the API: `{base}/models/{model}:{method}`.
enum GeminiAddress {
    enum Method: String {
        case generate = ":generateContent"
        /// Without `alt=sse` the stream would be one JSON array in pieces.
        case stream = ":streamGenerateContent?alt=sse"
        case embed = ":batchEmbedContents"
    }

    static func url(base: String, model: String, method: Method) -> String {
        versioned(base) + "/" + resource(model) + method.rawValue
    }

    /// The resource name of a model as it appears in paths and in embedding requests: `models/x`.
    static func resource(_ model: String) -> String {
        for collection in ["models/", "tunedModels/"] where model.hasPrefix(collection) {
            return collection + escaped(model.dropFirst(collection.count))
        }
        return "models/" + escaped(model[...])
    }

    /// A base may be given with or without its API version.
    private static func versioned(_ base: String) -> String {
        var bytes = Array(base.utf8)[...]
        while bytes.last == UInt8(ascii: "/") { bytes.removeLast() }
        let last = bytes.suffix(from: bytes.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0)
        // Vertex AI addresses carry the version further to the left.
        let isVertex = bytes.suffix(18).elementsEqual("/publishers/google".utf8)
        if !isVertex, !isVersion(last) { bytes += "/v1beta".utf8 }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// `v1`, `v1beta`, `v1alpha`, `v1beta1` …
    private static func isVersion(_ component: ArraySlice<UInt8>) -> Bool {
        let rest = component.dropFirst()
        guard component.first == UInt8(ascii: "v"), let digit = rest.first, 0x30...0x39 ~= digit else { return false }
        return rest.allSatisfy { 0x30...0x39 ~= $0 || 0x61...0x7A ~= $0 }
    }

    /// Everything but unreserved characters is escaped: a model name comes from outside and must not be
    /// able to leave its path segment or to name another method.
    private static func escaped(_ segment: Substring) -> String {
        let hex = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in segment.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                bytes.append(byte)
            default:
                bytes += [UInt8(ascii: "%"), hex[Int(byte >> 4)], hex[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
