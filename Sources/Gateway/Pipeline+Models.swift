import Dialects
import Identity
import NIOHTTP1
import WireJSON

/// `GET /v1/models`: what this caller may use, under the names it may use.
extension Pipeline {
    func listModels(_ request: RequestState, _ identity: Identity) {
        let visible = request.runtime.listing.filter { mayUse($0.id, identity, request.runtime) }
        let list: JSONValue = ["object": "list", "data": .array(visible.map(\.json))]
        respond(request, list)
    }

    func showModel(_ id: String, _ request: RequestState, _ identity: Identity) throws(WireError) {
        guard mayUse(id, identity, request.runtime), let route = route(for: id, request),
            let first = route.targets.first
        else { throw .unknownModel(id) }
        let listed = request.runtime.listing.first { $0.id == id }
        respond(request, (listed ?? ListedModel(id: id, created: request.created, owner: first.target.provider)).json)
    }

    func answerOptions(_ request: RequestState) throws(WireError) {
        guard let allowed = DataPlaneRoute.allowed(path: request.inbound.path) else {
            _ = try DataPlaneRoute.match(method: request.inbound.method, path: request.inbound.path)
            return
        }
        request.response.respond(status: .noContent, headers: ["allow": allowed], body: [])
    }

    func respond(_ request: RequestState, _ json: JSONValue) {
        request.response.respond(
            status: .ok,
            headers: answerHeaders(request),
            body: json.bytes)
    }
}

/// A model as the list shows it.
struct ListedModel: Sendable {
    var id: String
    /// Seconds since 1970: when the policy that offers it was loaded.
    var created: Int
    /// The provider of its first target.
    var owner: String

    var json: JSONValue {
        ["id": .string(id), "object": "model", "created": .number(JSONNumber(created)), "owned_by": .string(owner)]
    }
}
