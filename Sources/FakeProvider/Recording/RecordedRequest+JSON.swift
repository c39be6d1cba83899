import WireJSON

extension RecordedRequest {
    /// The form of `GET /__fake/requests`.
    var document: JSONValue {
        let closed: JSONValue =
            closedByPeer.map { closure in
                [
                    "after_chunks": .number(JSONNumber(closure.afterChunks)),
                    "after_bytes": .number(JSONNumber(closure.afterBytes)),
                    "after_us": .number(JSONNumber(Int(clamping: (closure.at &- receivedAt) / 1000))),
                ]
            } ?? .null
        return [
            "id": .number(JSONNumber(id)), "connection": .number(JSONNumber(connection)),
            "method": .string(method), "uri": .string(uri), "path": .string(path),
            "headers": .array(headers.map { [.string($0.name), .string($0.value)] }),
            "body": .string(text), "body_base64": .string(Base64.encode(body)),
            "body_size": .number(JSONNumber(bodySize)), "dialect": .string(dialect.rawValue),
            "scripted": .bool(isScripted), "chunks_sent": .number(JSONNumber(chunksSent)),
            "bytes_sent": .number(JSONNumber(bytesSent)), "answered": .bool(isAnswered), "closed_by_peer": closed,
        ]
    }
}
