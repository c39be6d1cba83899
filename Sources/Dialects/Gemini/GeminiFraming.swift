import WireJSON

/// The documents of a stream's body, whichever form it has: server-sent events as asked for, or JSON.
struct GeminiFraming {
    /// Pictures come whole in one document, and as base64.
    private static let maxDocumentBytes = 32 << 20

    private enum Form {
        case unknown
        case events(SSEReader)
        case json(GeminiDocumentSplitter)
    }

    private var form = Form.unknown

    mutating func feed(_ bytes: [UInt8]) {
        if case .unknown = form, let first = bytes.first(where: { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D }) {
            let isJSON = first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
            form =
                isJSON
                ? .json(GeminiDocumentSplitter(maxDocumentBytes: Self.maxDocumentBytes))
                : .events(SSEReader(maxEventBytes: Self.maxDocumentBytes))
        }
        switch form {
        case .unknown: break
        case .events(var reader):
            form = .unknown
            reader.feed(bytes)
            form = .events(reader)
        case .json(var splitter):
            form = .unknown
            splitter.feed(bytes)
            form = .json(splitter)
        }
    }

    /// The next document; nil when more bytes are needed.
    /// - Throws: ``FailureClass/streamBroken`` where the body cannot be cut into documents.
    mutating func next() throws(ProviderFailure) -> [UInt8]? {
        switch form {
        case .unknown: return nil
        case .events(var reader):
            form = .unknown
            defer { form = .events(reader) }
            do throws(SSEError) {
                while let event = try reader.next() {
                    if !event.isComment { return event.data }
                }
                return nil
            } catch {
                throw Self.broken
            }
        case .json(var splitter):
            form = .unknown
            defer { form = .json(splitter) }
            if let document = splitter.next() { return document }
            if splitter.isBroken { throw Self.broken }
            return nil
        }
    }

    /// The body has ended: an event whose blank line never came.
    mutating func finish() -> [UInt8]? {
        guard case .events(var reader) = form, let event = reader.finish(), !event.isComment else { return nil }
        return event.data
    }

    private static let broken = ProviderFailure(
        .streamBroken, upstreamStatus: 200, message: "The provider's stream could not be read.")
}
