import Dialects
import NIOCore
import NIOHTTP1

/// Response headers of the data plane; names in the interface document.
extension Pipeline {
    /// Of an answer that came from a target.
    func answerHeaders(
        _ request: RequestState, _ target: Target, contentType: String, attempts: Int, clock: AttemptClock
    ) -> HTTPHeaders {
        let now = NIODeadline.now().uptimeNanoseconds
        let elapsed = now &- request.inbound.receivedAt
        var headers: [(String, String)] = []
        headers.reserveCapacity(12)
        headers.append(("content-type", contentType))
        headers.append(("x-request-id", "req_" + request.id))
        headers.append(("openai-processing-ms", String(elapsed / 1_000_000)))
        headers.append(("openai-version", "2020-10-01"))
        headers.append(("x-martlet-provider", target.provider))
        headers.append(("x-martlet-model", Self.headerSafe(target.model)))
        headers.append(("x-martlet-attempts", String(attempts)))
        headers.append(("x-martlet-overhead-us", String((elapsed &- min(elapsed, clock.waited)) / 1000)))
        return HTTPHeaders(headers)
    }

    func errorHeaders(_ error: WireError, _ request: RequestState) -> HTTPHeaders {
        var headers: HTTPHeaders = [
            "content-type": "application/json", "x-request-id": "req_" + request.id,
            "openai-version": "2020-10-01",
        ]
        if error.status == 401 { headers.add(name: "www-authenticate", value: #"Bearer realm="OpenAI API""#) }
        if error.status == 405, let allowed = DataPlaneRoute.allowed(path: request.inbound.path) {
            headers.add(name: "allow", value: allowed)
        }
        if let wait = error.retryAfterMilliseconds {
            headers.add(name: "retry-after", value: String((wait + 999) / 1000))
            headers.add(name: "retry-after-ms", value: String(wait))
        }
        if let again = error.shouldRetry { headers.add(name: "x-should-retry", value: again ? "true" : "false") }
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
    /// Nanoseconds from handing the request to the transport to having its answer.
    var waited: UInt64 = 0
    private var since: UInt64 = 0

    var isRunning: Bool { since != 0 }

    mutating func start() { since = NIODeadline.now().uptimeNanoseconds }
    mutating func stop() {
        guard since != 0 else { return }
        waited &+= NIODeadline.now().uptimeNanoseconds &- since
        since = 0
    }
}
