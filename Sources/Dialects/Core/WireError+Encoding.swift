package import WireJSON

extension WireError {
    /// The envelope as a value: `{"error":{…}}` with all four members, null where nothing is known
    /// (contracts, section 1.4).
    package var envelope: JSONValue {
        [
            "error": [
                "message": .string(self.message), "type": .string(self.type),
                "param": self.param.map(JSONValue.string) ?? .null, "code": self.code.map(JSONValue.string) ?? .null,
            ]
        ]
    }

    /// The body of an error answer.
    package func encoded() -> [UInt8] { envelope.bytes }

    /// The error inside a stream: one event, after which the stream closes without `[DONE]`.
    package func sseFrame() -> [UInt8] {
        var frame: [UInt8] = []
        frame.append("data: ")
        envelope.write(to: &frame)
        frame.append("\n\n")
        return frame
    }

    /// Headers that steer the client's retries: `retry-after` (whole seconds, rounded up) with `retry-after-ms`,
    /// and `x-should-retry`.
    package var headers: [(name: String, value: String)] {
        var headers: [(name: String, value: String)] = []
        if let wait = self.retryAfterMilliseconds {
            headers.append(("retry-after", String(wait / 1000 + (wait % 1000 > 0 ? 1 : 0))))
            headers.append(("retry-after-ms", String(wait)))
        }
        if let shouldRetry = self.shouldRetry { headers.append(("x-should-retry", shouldRetry ? "true" : "false")) }
        return headers
    }
}
