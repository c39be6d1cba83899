package import NIOCore

/// A whole answer.
package struct UpstreamAnswer: Sendable {
    package var status: Int
    /// `name: value` lines, each ended by CR LF.
    package var rawHeaders: [UInt8]
    package var body: [UInt8]

    package init(status: Int, rawHeaders: [UInt8], body: [UInt8]) {
        self.status = status
        self.rawHeaders = rawHeaders
        self.body = body
    }
}

extension UpstreamClient {
    /// Gets a small document, such as a key set or an image, from any task. Follows no redirects: the caller would
    /// have to judge the new address.
    package func fetch(
        url: String, headers: UpstreamHeaders = .none, maxBytes: Int,
        timeouts: UpstreamTimeouts = UpstreamTimeouts(connect: 3_000, firstByte: 5_000, idle: 5_000, total: 15_000),
        allowPrivateNetwork: Bool = false, on eventLoop: any EventLoop
    ) async throws(UpstreamFailure) -> UpstreamAnswer {
        let request = UpstreamRequest(
            method: "GET", url: url, headers: headers, timeouts: timeouts, delivery: .whole,
            allowPrivateNetwork: allowPrivateNetwork, maxResponseBytes: maxBytes)
        let response = try await self.send(request, on: eventLoop)
        let body = try await response.collect(upTo: maxBytes)
        return UpstreamAnswer(status: response.status, rawHeaders: response.rawHeaders, body: body)
    }
}
