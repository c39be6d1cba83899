import Dialects
import Identity
import NIOCore
import Policy
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
    /// Set where a broken answer may be continued by another target.
    var resumable: ResumableStream?
    /// The attempts under way, where there can be two: what cancels them, by number.
    var running: [Int: Task<Result<RouteEvent, WireError>, Never>] = [:]
    /// Attempts that another one has outrun.
    private var outrun: Set<Int> = []
    private var random: LoopRandom

    /// - Parameters:
    ///   - total: the client's own deadline, milliseconds over all attempts.
    ///   - random: what the journey draws from goes on where this one stood.
    init(
        _ call: ClientRequest, _ route: Route, _ identity: Identity, _ request: RequestState, _ meter: Meter,
        total: Int, random: inout LoopRandom
    ) {
        self.call = call
        self.route = route
        self.identity = identity
        self.request = request
        self.meter = meter
        walk = RouteWalk(
            route.plan(
                call, total: total, pricedOnly: meter.caller.tenant.plan.unknownPrice == .block, random: &random))
        self.random = random
        // The next request shall not draw the same.
        _ = random.next()
        if walk.plan.mayResume { resumable = ResumableStream() }
    }

    /// The attempt has something to show. False if it lost the race, and must show nothing.
    func mayBegin(_ number: Int) -> Bool {
        switch handle(.began(number)) {
        case .deliver(_, let loser):
            if let loser { outrun(loser) }
            return true
        case .cancel:
            outrun.insert(number)
            return false
        default: return true
        }
    }

    /// Ends an attempt whose answer nobody needs any more.
    func outrun(_ number: Int) {
        outrun.insert(number)
        running[number]?.cancel()
    }

    func isOutrun(_ number: Int) -> Bool { outrun.contains(number) }

    /// What the client has so far, as far as it matters for what comes next.
    func delivered(_ hasDelivered: Bool) -> DeliveredAnswer {
        resumable?.delivered.state ?? (hasDelivered ? .other : .nothing)
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
