import Dialects
import NIOHTTP1
import Policy
import Routing
import Upstream

/// From a prepared call to the transport, and from the transport's failures to classified ones.
extension Pipeline {
    func upstreamRequest(_ call: ProviderCall, _ attempt: Attempt, isStream: Bool) -> UpstreamRequest {
        let (routed, order) = (attempt.routed, attempt.order)
        let policy = routed.provider.policy
        var request = UpstreamRequest(
            method: "POST", url: call.url, headers: routed.provider.headers[attempt.pass.keyIndex], body: call.body,
            timeouts: UpstreamTimeouts(
                connect: routed.phases.connect, firstByte: order.firstTokenLimit, idle: routed.phases.idle,
                total: order.totalLimit),
            delivery: isStream ? .stream : .whole,
            allowPrivateNetwork: policy.allowPrivateNetwork || policy.kind == .demo,
            maxResponseBytes: isStream ? nil : Self.wholeAnswerLimit, connectionLimit: policy.maxConnections)
        // A workflow that runs twice does twice what it does.
        request.needsFreshConnection = routed.target.kind == .n8n
        return request
    }

    /// The client's own deadline (`x-martlet-timeout: 20s`), in milliseconds; `Int.max` without one.
    func totalDeadline(_ request: RequestState) throws(WireError) -> Int {
        guard let value = request.inbound.fields.timeout else { return .max }
        guard let milliseconds = Self.milliseconds(value), milliseconds > 0 else {
            throw .invalidRequest(
                "Invalid header x-martlet-timeout: '\(value.prefix(40))'. Write a duration such as 20s, 500ms or 2m.",
                param: "x-martlet-timeout", code: "invalid_value")
        }
        return milliseconds
    }

    private static func milliseconds(_ text: String) -> Int? {
        for (unit, factor) in [("ms", 1), ("s", 1000), ("m", 60_000)] where text.hasSuffix(unit) {
            guard let value = Int(text.dropLast(unit.count)), value >= 0, value <= 86_400 else { return nil }
            return value * factor
        }
        return Int(text).flatMap { $0 >= 0 && $0 <= 86_400 ? $0 * 1000 : nil }
    }
}

extension ProviderFailure {
    /// What a failure of the transport means for retry, fallback and the client.
    init(_ failure: UpstreamFailure, provider: String) {
        let failureClass: FailureClass =
            switch failure.kind {
            case .timeout: .timeout
            case .refused, .dns, .tls: .connection
            case .reset: .connection
            case .blocked: .misconfigured
            case .tooLarge: .server
            case .cancelled, .other: .connection
            }
        self.init(
            failureClass, upstreamStatus: 0, message: "Provider \"\(provider)\": \(failure.message)",
            code: "upstream_\(failure.phase.rawValue)")
    }
}
