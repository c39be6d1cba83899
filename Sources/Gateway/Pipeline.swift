import Dialects
import Identity
import Ledger
import Limits
import Logging
import NIOCore
import NIOHTTP1
import Prices
import Storage

/// The way of a request on the data plane. Reads top to bottom; each stage throws the error its client will see.
///
/// One per event loop and confined to it (hence `@unchecked Sendable`: the tasks that use it are pinned there), so
/// that nothing a request looks up is behind a lock.
package final class Pipeline: RequestHandler, @unchecked Sendable {
    let eventLoop: any EventLoop
    let services: GatewayServices
    /// The policy in force; a request keeps the one it started with.
    private(set) var runtime: Runtime
    /// Routes of names asked for lately. Names under a pattern are the clients' to choose, hence the bound.
    private var routes: [String: Route] = [:]
    private static let routeLimit = 1024
    /// Tenants that were created at run time, by id.
    var storedTenants: [String: StoredTenant] {
        didSet { limits.removeAll() }
    }
    var ids = RequestIDSource()
    let executor: EventLoopExecutor
    var limits = LimitBook(calendar: CalendarPeriodCache())
    var leases: LeaseBook
    /// Where requests are written down; nil: nowhere.
    let ledger: UsageLane?
    var tokenEstimator = TokenEstimator()
    var outputEstimator = OutputEstimator()
    /// Requests that are not settled yet.
    var inFlight = 0
    /// For drawing among targets of equal rank.
    var generator = LoopRandom()

    init(
        eventLoop: any EventLoop, services: GatewayServices, runtime: Runtime,
        storedTenants: [String: StoredTenant] = [:], ledger: UsageLane? = nil
    ) {
        self.eventLoop = eventLoop
        self.ledger = ledger
        self.services = services
        self.runtime = runtime
        self.storedTenants = storedTenants
        executor = EventLoopExecutor(eventLoop)
        leases = LeaseBook(leaseMilliseconds: services.leaseMilliseconds)
        eventLoop.scheduleRepeatedTask(initialDelay: leases.interval, delay: leases.interval) { [weak self] task in
            guard let self else { return task.cancel() }
            renewLeases()
        }
    }

    package func handle(_ inbound: InboundRequest, _ response: any ResponseWriter) async {
        inFlight += 1
        defer { inFlight -= 1 }
        let request = RequestState(
            id: ids.next(), inbound: inbound, created: services.clock() / 1000, runtime: runtime, response: response)
        do throws(WireError) {
            // A preflight carries no credentials by design, so it comes before them.
            if inbound.method == .OPTIONS { return try answerOptions(request) }
            let action = try DataPlaneRoute.match(method: inbound.method, path: inbound.path)
            // Who is it? Before the body is looked at: a stranger learns nothing from our validation.
            try await act(action, request, authenticate(request))
        } catch {
            fail(request, error)
        }
    }

    /// For callers that are known already: the gateway's own parts.
    func serve(_ inbound: InboundRequest, _ response: any ResponseWriter, as identity: Identity) async {
        inFlight += 1
        defer { inFlight -= 1 }
        let request = RequestState(
            id: ids.next(), inbound: inbound, created: services.clock() / 1000, runtime: runtime, response: response)
        do throws(WireError) {
            try await act(DataPlaneRoute.match(method: inbound.method, path: inbound.path), request, identity)
        } catch {
            fail(request, error)
        }
    }

    /// Runs on the pipeline's event loop and returns when it is through.
    func perform(_ body: @escaping @Sendable (Pipeline) async -> Void) async {
        await Task(executorPreference: executor) { await body(self) }.value
    }

    private func act(
        _ action: DataPlaneAction, _ request: RequestState, _ identity: Identity
    ) async throws(WireError) {
        switch action {
        case .listModels: listModels(request, identity)
        case .showModel(let id): try showModel(id, request, identity)
        case .showLimits: try await showLimits(request, identity)
        case .checkLimits:
            let call = try ClientRequest(checking: request.inbound.body, endpoint: .chatCompletions)
            try await checkLimits(call, resolve(call, identity, request), identity, request)
        case .inference(let endpoint): try await infer(endpoint, identity, request)
        }
    }

    private func infer(
        _ endpoint: Endpoint, _ identity: Identity, _ request: RequestState
    ) async throws(WireError) {
        // What do they want? One scan over the body finds the members we need and everything malformed.
        let call = try ClientRequest(checking: request.inbound.body, endpoint: endpoint)
        // Where does it go? The ordered targets this tenant may use, from the policy of this moment.
        let route: Route
        let meter: Meter
        let deadline: Int
        do throws(WireError) {
            try requireLedger()
            deadline = try totalDeadline(request)
            route = try resolve(call, identity, request)
            // May they? One atomic step over all limits: all of them have room, or nothing is taken.
            meter = try await reserve(call, route, identity, request)
        } catch {
            await closeBooks(call, identity, request, refused: error)
            throw error
        }
        // Ask there, and pass the answer on.
        do throws(WireError) {
            try await dispatch(call, route, identity, request, meter, within: deadline)
        } catch {
            fail(request, error)
        }
        // What was it in the end? Exactly once, whatever became of the request.
        await settle(meter)
    }

    /// The targets behind a name. Building them costs more than everything else in `resolve`, so they are kept.
    func route(for model: String, _ request: RequestState) -> Route? {
        guard request.runtime === runtime else { return request.runtime.route(for: model, services.routing) }
        if let known = routes[model] { return known }
        guard let route = runtime.route(for: model, services.routing) else { return nil }
        if routes.count >= Self.routeLimit { routes.removeAll(keepingCapacity: true) }
        routes[model] = route
        return route
    }

    /// Puts a new policy in force for requests that start from now on. Called on the event loop.
    func install(_ runtime: Runtime) {
        self.runtime = runtime
        routes.removeAll()
        limits.removeAll()
    }

    /// The only place where an error of the data plane meets the wire.
    func fail(_ request: RequestState, _ error: WireError) {
        let response = request.response
        if response.isClientGone { return }
        services.logger.debug(
            "request failed",
            metadata: [
                "request": "\(request.id)", "status": "\(error.status)", "code": "\(error.code ?? error.type)",
                "message": "\(error.message)",
            ])
        if response.hasBegun {
            // The status 200 is out (a keep-alive comment at least): the error travels in the stream, without [DONE].
            response.send(error.sseFrame())
            return response.finish()
        }
        response.respond(
            status: HTTPResponseStatus(statusCode: error.status), headers: errorHeaders(error, request),
            body: error.encoded())
    }
}
