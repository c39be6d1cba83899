package import Dialects
import Identity
import NIOHTTP1
import Policy
import Storage

/// Who calls, and what they may use.
extension Pipeline {
    /// The fast path is a cache hit without suspension; the slow one checks a signature or the database.
    func authenticate(_ request: RequestState) async throws(WireError) -> Identity {
        let identity: Identity
        do throws(AuthenticationFailure) {
            guard let token = try credential(request.inbound.fields) else { throw AuthenticationFailure(.missing) }
            if let known = services.authenticator.cached(token) {
                identity = known
            } else {
                identity = try await services.authenticator.authenticate(token)
            }
        } catch {
            throw WireError(error)
        }
        guard identity.allows(.inference) else {
            throw WireError(
                status: 403, type: "invalid_request_error", code: "permission_denied",
                message: "This credential does not have the scope `inference`.")
        }
        return identity
    }

    package func refusal(of fields: RequestFields, uri: String) -> WireError? {
        do throws(AuthenticationFailure) {
            guard let token = try credential(fields) else { throw AuthenticationFailure(.missing) }
            return services.authenticator.refusal(of: token).map(WireError.init)
        } catch {
            return WireError(error)
        }
    }

    private func credential(_ fields: RequestFields) throws(AuthenticationFailure) -> Substring? {
        try Credential.find(authorization: fields.authorization, xAPIKey: fields.xAPIKey, apiKey: fields.apiKey)
    }

    /// The model's targets, if there is such a model and this caller may use it.
    func resolve(_ call: ClientRequest, _ identity: Identity, _ request: RequestState) throws(WireError) -> Route {
        guard let route = route(for: call.model, request) else { throw .unknownModel(call.model) }
        guard mayUse(call.model, identity, request.runtime) else {
            throw WireError(
                status: 403, type: "invalid_request_error", code: "permission_denied", param: "model",
                message: "This key may not use the model `\(call.model)`.")
        }
        return route
    }

    /// Both allow-lists must name the model: the plan's and the key's own.
    func mayUse(_ model: String, _ identity: Identity, _ runtime: Runtime) -> Bool {
        let plan = runtime.snapshot.plan(forTenant: identity.tenant, storedPlan: storedTenants[identity.tenant]?.plan)
        return plan.allows(model: model) && identity.models.allows(model)
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
        if failure.isInfrastructure {
            self.init(
                status: 503, type: "service_unavailable_error", code: "authentication_unavailable",
                message: failure.message, retryAfterMilliseconds: (failure.retryAfterSeconds ?? 1) * 1000)
        } else {
            self.init(
                status: 401, type: "invalid_request_error", code: "invalid_api_key", message: failure.message)
        }
    }
}
