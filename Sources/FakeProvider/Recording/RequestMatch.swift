/// Which requests a script answers; everything that is set must hold.
package struct RequestMatch: Sendable {
    package var method: String?
    /// The path without its query; a `*` at the end matches any rest.
    package var path: String?
    /// The `model` member of the body, or the model a Gemini or Azure path names.
    package var model: String?
    package var header: FakeHeader?
    package var bodyContains: String?
    /// Asked while the scripts are locked: it must not call the server.
    package var predicate: (@Sendable (RecordedRequest) -> Bool)?

    package init(
        method: String? = nil, path: String? = nil, model: String? = nil, header: FakeHeader? = nil,
        bodyContains: String? = nil, predicate: (@Sendable (RecordedRequest) -> Bool)? = nil
    ) {
        self.method = method
        self.path = path
        self.model = model
        self.header = header
        self.bodyContains = bodyContains
        self.predicate = predicate
    }

    /// Every request.
    package static let any = RequestMatch()

    func matches(_ request: RecordedRequest, model requested: @autoclosure () -> String?) -> Bool {
        if let method, method != request.method { return false }
        if let path, !Self.matches(path, request.path) { return false }
        if let header, request.headers.first(header.name) != header.value { return false }
        if let bodyContains, !request.text.contains(bodyContains) { return false }
        if let model, model != requested() { return false }
        return predicate?(request) ?? true
    }

    private static func matches(_ pattern: String, _ path: String) -> Bool {
        pattern.hasSuffix("*") ? path.hasPrefix(pattern.dropLast()) : path == pattern
    }
}
