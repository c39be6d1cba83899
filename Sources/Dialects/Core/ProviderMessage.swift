import WireJSON

/// Makes provider texts fit for clients and logs: secrets masked, length bounded, HTML left out.
package enum ProviderMessage {
    /// UTF-8 bytes kept of a message. Some providers echo the prompt.
    package static let maximumBytes = 1000

    /// A provider's message, masked and cut.
    package static func clean(_ text: String) -> String {
        SecretMask.masked(text).cut(toBytes: maximumBytes)
    }

    /// A message for a body that is no JSON error: a short plain text is quoted, anything else (proxies' HTML
    /// pages, binary, nothing) only described.
    package static func describing(_ body: [UInt8], head: AnswerHead) -> String {
        let generic = "The provider answered with HTTP status \(head.status) and no usable message."
        guard body.count <= maximumBytes, head.contentType != "text/html",
            let text = String(validating: body, as: UTF8.self)
        else { return generic }
        let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        let isPlain =
            !words.isEmpty && !"<{[".contains(words.first ?? "<")
            && words.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
        return isPlain ? clean(words) : generic
    }
}
