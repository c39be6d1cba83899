/// Finds the credential in a request's headers.
package enum Credential {
    /// Any of the three headers that SDKs use: `Authorization: Bearer`, else `x-api-key`, else `api-key`.
    ///
    /// nil when there is none. An `Authorization` header with another scheme counts as none only if one
    /// of the others is there; alone it is ``AuthenticationFailure/Reason/malformed``.
    package static func find(
        authorization: String?, xAPIKey: String? = nil, apiKey: String? = nil
    ) throws(AuthenticationFailure) -> Substring? {
        if let authorization, let token = bearer(authorization) { return token }
        for header in [xAPIKey, apiKey] {
            if let header, let token = slice(header) { return token }
        }
        guard let authorization, slice(authorization) != nil else { return nil }
        throw AuthenticationFailure(.malformed)
    }

    /// The token after the scheme, whose name is not case-sensitive (RFC 9110, 11.1).
    private static func bearer(_ header: String) -> Substring? {
        slice(header) { bytes in
            let start = bytes.firstIndex { !isSpace($0) } ?? bytes.endIndex
            let scheme = "bearer"
            guard bytes.endIndex - start > scheme.utf8.count else { return nil }
            let end = start + scheme.utf8.count
            guard zip(bytes[start..<end], scheme.utf8).allSatisfy({ $0 | 0x20 == $1 }), isSpace(bytes[end]) else {
                return nil
            }
            return end..<bytes.endIndex
        }
    }

    /// The part of `text` that `find` names, without white space around it; nil if nothing is left.
    ///
    /// On bytes, because the pipeline does this for every request.
    private static func slice(
        _ text: String, _ find: (UnsafeBufferPointer<UInt8>) -> Range<Int>? = { $0.indices }
    ) -> Substring? {
        var text = text
        let range = text.withUTF8 { bytes -> Range<Int>? in
            guard var range = find(bytes) else { return nil }
            while let first = range.first, isSpace(bytes[first]) { range.removeFirst() }
            while let last = range.last, isSpace(bytes[last]) { range.removeLast() }
            return range.isEmpty ? nil : range
        }
        guard let range else { return nil }
        let start = text.utf8.index(text.utf8.startIndex, offsetBy: range.lowerBound)
        return text[start..<text.utf8.index(start, offsetBy: range.count)]
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
    }
}
