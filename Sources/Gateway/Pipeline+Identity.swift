import Dialects
import Identity

/// Who calls, and what they may use.
extension Pipeline {
    /// The fast path is a cache hit without suspension; the slow one checks a signature or the database.
    func authenticate(_ request: RequestState) async throws(WireError) -> Identity {
        guard let token = Self.credential(request.inbound.headers) else {
            throw WireError(
                status: 401, type: "invalid_request_error", code: "invalid_api_key",
                message: "You didn't provide an API key. Send it in the Authorization header using Bearer auth "
                    + "(Authorization: Bearer YOUR_KEY).")
        }
        if let identity = services.authenticator.cached(token) { return identity }
        do throws(AuthenticationFailure) {
            return try await services.authenticator.authenticate(token)
        } catch {
            throw WireError(error)
        }
    }

    /// `Authorization: Bearer`, `x-api-key` (Anthropic's SDKs) or `api-key` (Azure's).
    private static func credential(_ headers: HTTPHeaders) -> String? {
        if let value = headers.first(name: "authorization") {
            let bearer = "bearer "
            guard value.utf8.count > bearer.utf8.count, value.prefix(bearer.count).lowercased() == bearer else {
                return nil
            }
            let token = value.dropFirst(bearer.count).drop { $0 == " " }
            return token.isEmpty ? nil : String(token)
        }
        let value = headers.first(name: "x-api-key") ?? headers.first(name: "api-key")
        return value.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The model's targets, if there is such a model and this caller may use it.
    func resolve(_ call: ClientRequest, _ identity: Identity, _ request: RequestState) throws(WireError) -> Route {
        guard let route = request.runtime.route(for: call.model) else { throw .unknownModel(call.model) }
        guard mayUse(call.model, identity, request.runtime) else {
            throw WireError(
                status: 403, type: "invalid_request_error", code: "permission_denied", param: "model",
                message: "This key may not use the model `\(call.model)`.")
        }
        return route
    }

    /// Both allow-lists must name the model: the plan's and the key's own.
    func mayUse(_ model: String, _ identity: Identity, _ runtime: Runtime) -> Bool {
        runtime.snapshot.plan(forTenant: identity.tenant).allows(model: model) && identity.allows(model: model)
    }
}

extension WireError {
    static func unknownModel(_ model: String) -> WireError {
        WireError(
            status: 404, type: "invalid_request_error", code: "model_not_found", param: "model",
            message: "The model `\(model)` does not exist or you do not have access to it.")
    }

    /// Trouble with the key store or an issuer's keys is ours, never the client's: 503, not 401.
    init(_ failure: AuthenticationFailure) {
        if case .unavailable = failure {
            self.init(
                status: 503, type: "service_unavailable_error", code: "authentication_unavailable",
                message: failure.message, retryAfterMilliseconds: 2000)
        } else {
            self.init(
                status: 401, type: "invalid_request_error", code: "invalid_api_key", message: failure.message)
        }
    }
}
