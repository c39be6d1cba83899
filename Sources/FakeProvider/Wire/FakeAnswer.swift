import WireJSON

/// A complete answer in a provider's format, before any transport fault is laid over it.
struct FakeAnswer: Sendable {
    var status: Int
    var headers: [FakeHeader]
    var body: FrameBuffer
    var isStream: Bool

    init(status: Int = 200, headers: [FakeHeader], body: FrameBuffer, isStream: Bool) {
        self.status = status
        self.headers = headers
        self.body = body
        self.isStream = isStream
    }

    static func json(_ value: JSONValue, status: Int = 200, headers: [FakeHeader] = []) -> FakeAnswer {
        FakeAnswer(
            status: status, headers: [FakeHeader("content-type", "application/json")] + headers,
            body: .whole(value.bytes), isStream: false)
    }

    static func text(_ text: String, status: Int = 200, headers: [FakeHeader] = []) -> FakeAnswer {
        FakeAnswer(
            status: status, headers: [FakeHeader("content-type", "text/html; charset=utf-8")] + headers,
            body: .whole(Array(text.utf8)), isStream: false)
    }

    static func empty(status: Int, headers: [FakeHeader] = []) -> FakeAnswer {
        FakeAnswer(status: status, headers: headers, body: FrameBuffer(), isStream: false)
    }
}
