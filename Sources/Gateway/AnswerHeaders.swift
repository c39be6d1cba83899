import Dialects
import NIOCore

/// Response headers of the data plane; names in the interface document.
extension Pipeline {
    /// Of an answer that came from a target.
    func answerHeaders(
        _ request: RequestState, _ routed: RoutedTarget, contentType: StaticString, clock: AttemptClock
    ) -> HeaderBlock {
        let now = NIODeadline.now().uptimeNanoseconds
        let elapsed = Int(clamping: now &- min(now, request.inbound.receivedAt))
        var headers = HeaderBlock(reserving: 512)
        headers.add(routed.answerHeaders)
        if let limits = request.limitHeaders { headers.add(limits) }
        headers.add("content-type", contentType)
        headers.add("x-request-id", "req_", request.id)
        headers.add("openai-processing-ms", elapsed / 1_000_000)
        headers.add("x-martlet-attempts", request.attempts)
        headers.add("x-martlet-overhead-us", max(0, elapsed - Int(clamping: clock.waited)) / 1000)
        return headers
    }

    /// Of an answer of the gateway's own.
    func answerHeaders(_ request: RequestState) -> HeaderBlock {
        var headers: HeaderBlock = ["content-type": "application/json", "openai-version": "2020-10-01"]
        headers.add("x-request-id", "req_", request.id)
        if let limits = request.limitHeaders { headers.add(limits) }
        return headers
    }

    func errorHeaders(_ error: WireError, _ request: RequestState) -> HeaderBlock {
        var headers: HeaderBlock = ["content-type": "application/json", "openai-version": "2020-10-01"]
        headers.add("x-request-id", "req_", request.id)
        if let limits = request.limitHeaders { headers.add(limits) }
        if request.attempts > 0 { headers.add("x-martlet-attempts", request.attempts) }
        if error.status == 401 { headers.add("www-authenticate", #"Bearer realm="OpenAI API""#) }
        if error.status == 405, let allowed = DataPlaneRoute.allowed(path: request.inbound.path) {
            headers.add("allow", allowed)
        }
        if let wait = error.retryAfterMilliseconds {
            headers.add("retry-after", (wait + 999) / 1000)
            headers.add("retry-after-ms", wait)
        }
        if let again = error.shouldRetry { headers.add("x-should-retry", again ? "true" : "false") }
        return headers
    }

    /// A model name can come from the client through a wildcard; a header takes visible ASCII only.
    static func headerSafe(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) { return text }
        return String(decoding: text.utf8.map { $0 > 0x20 && $0 < 0x7F ? $0 : UInt8(ascii: "_") }, as: UTF8.self)
    }
}

/// How long a request has waited for its provider, so that our own share can be told.
struct AttemptClock {
    /// Nanoseconds from handing the first attempt to the transport to having an answer, failed attempts and the
    /// waits between them included.
    private(set) var waited: UInt64 = 0
    /// The same for this attempt alone.
    private(set) var latency: UInt64 = 0
    private var since: UInt64 = 0
    private var first: UInt64 = 0

    var isRunning: Bool { since != 0 }

    /// - Parameter first: when the request's first attempt started; this one's start where it is the first.
    mutating func start(first: inout UInt64) {
        since = NIODeadline.now().uptimeNanoseconds
        if first == 0 { first = since }
        self.first = first
    }

    mutating func stop() {
        guard since != 0 else { return }
        let now = NIODeadline.now().uptimeNanoseconds
        latency = now &- since
        waited = now &- first
        since = 0
    }
}
