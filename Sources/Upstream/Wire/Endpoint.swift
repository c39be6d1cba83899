/// What all requests to one URL have in common: the origin, and the rendered head up to the length of the body.
final class Endpoint {
    let host: HostState
    private let target: [UInt8]
    private let hostField: [UInt8]
    private let userAgentField: [UInt8]
    /// From user information in the URL.
    private let authorizationField: [UInt8]?

    private struct Head {
        /// Kept alive, so that the same object is the same headers.
        var headers: UpstreamHeaders
        var method: String
        var bytes: [UInt8]
    }

    /// The last used last. A URL has one list of headers per key of its provider.
    private var heads: [Head] = []
    private static let maxHeads = 8
    private static let accept = Array("Accept: */*\r\n".utf8)

    init(host: HostState, parts: URLParts, userAgent: String) {
        self.host = host
        self.target = Array(parts.target.utf8)
        self.hostField = Array("Host: \(parts.authority)\r\n".utf8)
        self.userAgentField = Array("User-Agent: \(userAgent)\r\n".utf8)
        self.authorizationField = parts.user.map { user in
            let credentials = Base64.encode(Array("\(user):\(parts.password ?? "")".utf8))
            return Array("Authorization: Basic ".utf8) + credentials + [0x0D, 0x0A]
        }
    }

    /// Appends the request's head: request line, what the transport adds, extra headers, shared headers, length.
    func render(_ request: UpstreamRequest, into buffer: inout [UInt8]) {
        if request.extraHeaders.isEmpty {
            self.appendHead(method: request.method, headers: request.headers, to: &buffer)
        } else {
            self.build(request.method, request.headers, extra: UpstreamHeaders.Rendered(request.extraHeaders), &buffer)
        }
        if request.sendsBody {
            buffer.append(contentsOf: "Content-Length: ".utf8)
            buffer.appendDecimal(request.body.count)
            buffer.append(0x0D)
            buffer.append(0x0A)
        }
        buffer.append(0x0D)
        buffer.append(0x0A)
    }

    private func appendHead(method: String, headers: UpstreamHeaders, to buffer: inout [UInt8]) {
        var index = self.heads.count - 1
        while index >= 0 {
            if self.heads[index].headers === headers, self.heads[index].method == method {
                buffer.append(contentsOf: self.heads[index].bytes)
                return
            }
            index -= 1
        }
        var bytes: [UInt8] = []
        self.build(method, headers, extra: nil, &bytes)
        buffer.append(contentsOf: bytes)
        if self.heads.count >= Self.maxHeads { self.heads.removeFirst() }
        self.heads.append(Head(headers: headers, method: method, bytes: bytes))
    }

    /// A field that the request names itself takes the place of the transport's own.
    private func build(
        _ method: String, _ headers: UpstreamHeaders, extra: UpstreamHeaders.Rendered?, _ buffer: inout [UInt8]
    ) {
        let named = headers.rendered.defaults.union(extra?.defaults ?? [])
        buffer.append(contentsOf: method.utf8)
        buffer.append(0x20)
        buffer.append(contentsOf: self.target)
        buffer.append(contentsOf: " HTTP/1.1\r\n".utf8)
        if !named.contains(.host) { buffer.append(contentsOf: self.hostField) }
        if let field = self.authorizationField, !named.contains(.authorization) { buffer.append(contentsOf: field) }
        if !named.contains(.userAgent) { buffer.append(contentsOf: self.userAgentField) }
        if !named.contains(.accept) { buffer.append(contentsOf: Self.accept) }
        if let extra { buffer.append(contentsOf: extra.lines) }
        buffer.append(contentsOf: headers.rendered.lines)
    }
}

extension UpstreamRequest {
    /// A POST has a body even when that is empty.
    var sendsBody: Bool { !self.body.isEmpty || self.method == "POST" }
}

extension [UInt8] {
    /// Appends a number that is not negative in decimal digits.
    fileprivate mutating func appendDecimal(_ number: Int) {
        let start = self.count
        var rest = number
        repeat {
            self.append(UInt8(truncatingIfNeeded: 0x30 + rest % 10))
            rest /= 10
        } while rest > 0
        self[start...].reverse()
    }
}
