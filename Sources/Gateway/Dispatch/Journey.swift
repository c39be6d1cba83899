import Dialects
import Identity
import NIOCore
import Routing

/// One request on its way over its targets.
///
/// `@unchecked Sendable`: confined to the event loop of its request, as the task is that holds it.
final class Journey: @unchecked Sendable {
    let call: ClientRequest
    let route: Route
    let identity: Identity
    let request: RequestState
    let meter: Meter
    var walk: RouteWalk
    /// When the first attempt was handed to the transport: monotonic nanoseconds; 0 before.
    var startedAt: UInt64 = 0
    private var random: LoopRandom

    init(
        call: ClientRequest, route: Route, identity: Identity, request: RequestState, meter: Meter, walk: RouteWalk,
        random: LoopRandom
    ) {
        self.call = call
        self.route = route
        self.identity = identity
        self.request = request
        self.meter = meter
        self.walk = walk
        self.random = random
    }

    /// Tells the walk what happened; it answers with what to do.
    func handle(_ event: RouteEvent) -> RouteStep {
        let step = walk.handle(
            event, at: Self.now, random: random.next(),
            mayRetry: { [route] candidate in route.targets[candidate.target].budget.takeRetry() })
        request.attempts = walk.started
        return step
    }

    /// Milliseconds that never go back.
    static var now: Int { Int(clamping: NIODeadline.now().uptimeNanoseconds / 1_000_000) }
}
