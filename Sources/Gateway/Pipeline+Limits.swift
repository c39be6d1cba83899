import Dialects
import Identity
import Limits
import NIOHTTP1
import Policy
import Prices
import Storage
import WireJSON

/// `GET /v1/limits` and `POST /v1/limits/check`: what a caller may still use. Nothing is spent.
extension Pipeline {
    /// The limits of this credential; those that count per model or end user need `?model=` and `?user=`.
    func showLimits(_ request: RequestState, _ identity: Identity) async throws(WireError) {
        let tenant = tenantLimits(identity, request)
        let query = QueryItems(request.inbound.uri)
        let subject = LimitSubject(
            identity, model: query["model"] ?? "", endUser: query["user"].map(LimitSubject.shortened))
        var caller = limits.caller(subject, tenant, now: services.clock())
        if query["model"] == nil {
            caller = CallerLimits(caller, without: [.keyModel, .tenantModel])
        }
        let states = try await inspect(caller, request)
        respond(request, ["object": "list", "data": .array(states.map(\.json))])
    }

    /// Whether a request with this body would be admitted now.
    func checkLimits(
        _ call: ClientRequest, _ route: Route, _ identity: Identity, _ request: RequestState
    ) async throws(WireError) {
        let meter = try meter(call, route, identity, request, isEstimated: true)
        let states = try await inspect(meter.caller, request)
        let demand = demand(meter, route)
        let refusing = states.first { !$0.shadow && !$0.fits(demand.need(for: $0.claim)) }
        respond(
            request,
            [
                "object": "limits.check", "allowed": .bool(refusing == nil),
                "estimate": [
                    "prompt_tokens": .number(JSONNumber(meter.demand.prompt)),
                    "completion_tokens": .number(JSONNumber(meter.demand.wantedOutput)),
                    "cost_usd": LimitState.dollars(demand.cost.want),
                ],
                "shadow_would_refuse": .array(
                    states.filter { $0.shadow && !$0.fits(demand.need(for: $0.claim)) }
                        .map { .string(LimitHeaders.name(of: $0)) }),
                "refused_by": refusing.map { .string(LimitHeaders.name(of: $0)) } ?? .null,
                "limits": .array(states.map(\.json)),
            ])
    }

    private func inspect(_ caller: CallerLimits, _ request: RequestState) async throws(WireError) -> [LimitState] {
        if caller.claims.isEmpty { return [] }
        do throws(LimitStoreFailure) {
            let states = try await services.limits.inspect(
                caller.claims, tenant: caller.tenant.tenant, on: eventLoop)
            request.limitHeaders = LimitHeaders.block(states, now: services.clock())
            return states
        } catch {
            throw WireError(error)
        }
    }
}

extension LimitState {
    /// Amounts of cost are dollars, as in the policy files.
    var json: JSONValue {
        func amount(_ value: Int) -> JSONValue {
            counter.resource == .cost ? Self.dollars(value) : .number(JSONNumber(value))
        }
        var members: JSONObject = [
            "scope": .string(counter.scope.rawValue), "resource": .string(counter.resource.rawValue),
            "per": counter.period.map { .string($0.rawValue) } ?? .null, "max": amount(max), "used": amount(used),
            "reserved": amount(reserved), "remaining": amount(remaining),
            "resets_at": .string("\(Timestamp(milliseconds: resetsAt))"), "shadow": .bool(shadow),
        ]
        // What a shadow limit is for: to see what it would do.
        if shadow { members["would_refuse"] = .bool(wouldRefuse) }
        return .object(members)
    }

    static func dollars(_ nanodollars: Int) -> JSONValue {
        (try? JSONValue(parsing: WireError.dollars(nanodollars))) ?? .null
    }
}
