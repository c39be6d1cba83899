package import Dialects
package import NIOHTTP1

/// What one data-plane route does. The table below is the only list of them.
package enum DataPlaneAction: Sendable, Hashable {
    case inference(Endpoint)
    case listModels
    case showModel(id: String)
    case showLimits
    case checkLimits
}

/// How a route counts against limits. Every route declares it, so that none can exist unmetered.
package enum Metering: Sendable, Hashable {
    /// Requests, tokens, cost and concurrency.
    case inference
    /// Authenticated, costs nothing.
    case free
}

/// The data plane's route table.
package struct DataPlaneRoute: Sendable {
    package var path: String
    package var method: HTTPMethod
    package var metering: Metering
    var action: DataPlaneAction

    package static let all: [DataPlaneRoute] = [
        DataPlaneRoute(
            path: Endpoint.chatCompletions.rawValue, method: .POST, metering: .inference,
            action: .inference(.chatCompletions)),
        DataPlaneRoute(
            path: Endpoint.completions.rawValue, method: .POST, metering: .inference, action: .inference(.completions)),
        DataPlaneRoute(
            path: Endpoint.embeddings.rawValue, method: .POST, metering: .inference, action: .inference(.embeddings)),
        DataPlaneRoute(path: "/v1/limits", method: .GET, metering: .free, action: .showLimits),
        DataPlaneRoute(path: "/v1/limits/check", method: .POST, metering: .free, action: .checkLimits),
        DataPlaneRoute(path: "/v1/models", method: .GET, metering: .free, action: .listModels),
        // Ids may hold slashes ("groq/llama-3.3"), so everything below is one id.
        DataPlaneRoute(path: "/v1/models/", method: .GET, metering: .free, action: .showModel(id: "")),
    ]

    /// What a request asks for, or why there is no such route: 404 for the path, 405 for the method.
    static func match(method: HTTPMethod, path: Substring) throws(WireError) -> DataPlaneAction {
        for route in all {
            if route.path.utf8.count == path.utf8.count {
                guard path == route.path else { continue }
            } else {
                guard case .showModel = route.action, path.hasPrefix(route.path) else { continue }
            }
            guard method == route.method || (method == .HEAD && route.method == .GET) else {
                throw WireError(
                    status: 405, type: "invalid_request_error", code: "method_not_allowed",
                    message: "\(method) is not allowed on \(path); use \(route.method).")
            }
            if case .showModel = route.action {
                return .showModel(id: PercentDecoding.text(path.dropFirst(route.path.count)))
            }
            return route.action
        }
        throw WireError(
            status: 404, type: "invalid_request_error", code: "unknown_url",
            message: "Unknown request URL: \(method) \(path). The base URL ends in /v1.")
    }

    /// Methods for an `Allow` header; nil for an unknown path.
    static func allowed(path: Substring) -> String? {
        for route in all where path == route.path || (route.path.hasSuffix("/") && path.hasPrefix(route.path)) {
            return route.method == .GET ? "GET, HEAD, OPTIONS" : "POST, OPTIONS"
        }
        return nil
    }
}
