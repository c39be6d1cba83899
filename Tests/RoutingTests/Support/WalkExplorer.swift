import Dialects
import Testing

@testable import Routing

/// Goes through everything that can happen to a request, and watches the walk from outside: what it was told and what
/// it ordered, not what it remembers. States that were seen before are not gone through again.
struct WalkExplorer {
    /// What the watcher knows of one path, and what makes two paths alike.
    struct Node: Hashable {
        var states: [CandidateState]
        var flights: [Flight]
        var overflowed: [Int]
        var started: Int
        var patienceUsed: Int
        var hasEnding: Bool
        var delivered: DeliveredAnswer
        /// Only where the deadline is near: far from it, all that counts is how long something takes from now.
        var elapsed: Int
        var asked: [Int: Int] = [:]
        var silent: Set<Int> = []
        var hasHead = false
        var isOver = false
    }

    let plan: RoutePlan
    var seen: Set<Node> = []
    var ends = 0
    var deepest = 0
    var problems: Set<String> = []

    init(_ plan: RoutePlan) {
        self.plan = plan
    }

    mutating func explore() {
        let walk = RouteWalk(plan)
        go(walk, node(walk, previous: nil, now: 0), .start, now: 0, depth: 0)
    }

    private func node(_ walk: RouteWalk, previous: Node?, now: Int) -> Node {
        func relative(_ time: Int?) -> Int? { time.map { max(0, $0 - now) } }
        let states = walk.states.map { state in
            var state = state
            state.againAt = relative(state.againAt)
            state.readyAt = relative(state.readyAt)
            return state
        }
        let flights = walk.flights.map { flight in
            var flight = flight
            flight.startsAt = relative(flight.startsAt) ?? 0
            return flight
        }
        var node = Node(
            states: states, flights: flights, overflowed: walk.overflowed, started: walk.started,
            patienceUsed: walk.patienceUsed, hasEnding: walk.ending != nil, delivered: walk.delivered,
            elapsed: plan.total > 100_000 ? 0 : now)
        if let previous {
            node.asked = previous.asked
            node.silent = previous.silent
            node.hasHead = previous.hasHead
            node.isOver = previous.isOver
        }
        return node
    }

    /// Sends one event, checks the step, and goes on with all that can follow.
    private mutating func go(_ before: RouteWalk, _ from: Node, _ event: RouteEvent, now: Int, depth: Int) {
        deepest = max(deepest, depth)
        if depth > 200 { problems.insert("no end"); return }
        var walk = before
        var from = from
        var now = now
        if case .failed(let number, let failure) = event {
            now += failure.phase == .firstToken ? 10_000 : 10
            if let flight = before.flights.first(where: { $0.number == number }), failure.isSilence || failure.isRefusal
            {
                from.silent.insert(flight.candidate)
            }
        }
        if case .skipped(let number, _) = event, let flight = before.flights.first(where: { $0.number == number }) {
            from.asked[flight.candidate, default: 0] -= 1
        }
        let step = walk.handle(event, at: now, random: 0) { _ in true }
        var after = node(walk, previous: from, now: now)
        check(step, event, &after, at: &now)
        if walk.isOver != after.isOver { problems.insert("over or not after \(event)") }
        if after.isOver { ends += 1 }
        guard seen.insert(after).inserted else { return }
        if after.isOver {
            for late in [RouteEvent.began(1), .finished(1), .failed(1, .silence), .hedgeDue, .deadline, .clientGone] {
                var copy = walk
                let step = copy.handle(late, at: now, random: 0) { _ in true }
                if step != .wait, step != .cancel(1) { problems.insert("\(step) after the end") }
            }
            return
        }
        if walk.flights.isEmpty { problems.insert("nothing under way after \(event)") }
        for next in events(walk) { go(walk, after, next, now: now, depth: depth + 1) }
    }

    private mutating func check(_ step: RouteStep, _ event: RouteEvent, _ node: inout Node, at now: inout Int) {
        switch step {
        case .wait, .cancel: break
        case .attempt(let order), .hedge(let order):
            if node.hasHead { problems.insert("a new answer after the head") }
            ordered(order, &node, at: &now)
        case .resume(let order, _):
            if !node.hasHead || !plan.mayResume { problems.insert("resumed without leave") }
            if case .text = node.delivered {} else { problems.insert("resumed what is no text") }
            ordered(order, &node, at: &now)
        case .deliver:
            if node.hasHead { problems.insert("two heads") }
            node.hasHead = true
        case .done:
            if case .finished = event {} else { problems.insert("done without an answer") }
            node.isOver = true
        case .fail(let failure):
            if failure.isInBand != node.hasHead { problems.insert("wrong place of the error") }
            if case .finished = event { problems.insert("failed after an answer") }
            node.isOver = true
        case .stop: node.isOver = true
        }
    }

    private mutating func ordered(_ order: AttemptOrder, _ node: inout Node, at now: inout Int) {
        let index = order.target - 10
        node.asked[index, default: 0] += 1
        if node.asked[index] ?? 0 > plan.attemptsPerTarget { problems.insert("too many attempts at one target") }
        if node.asked.values.reduce(0, +) > plan.maxAttempts { problems.insert("too many attempts") }
        if node.silent.contains(index) { problems.insert("a silent target was asked again") }
        if node.overflowed.contains(index) { problems.insert("a too small target was asked again") }
        if node.flights.count > 2 { problems.insert("three at a time") }
        if now + order.after >= plan.total { problems.insert("begun after the deadline") }
        if order.firstTokenLimit > order.totalLimit { problems.insert("waits beyond the deadline") }
        if order.totalLimit != plan.total - now - order.after { problems.insert("wrong time left") }
        now += order.after
    }

    /// Everything that can happen next.
    private func events(_ walk: RouteWalk) -> [RouteEvent] {
        var events: [RouteEvent] = [.deadline, .clientGone, .hedgeDue, .finished(99), .began(99)]
        for flight in walk.flights {
            events += [.finished(flight.number), .began(flight.number)]
            for failure in failures(hasDelivered: walk.head != nil) { events.append(.failed(flight.number, failure)) }
            if flight.method != nil { events.append(.diverged(flight.number)) }
            if !flight.hasDelivered {
                for reason in [SkipReason.ownLimit, .resting(.server, readyIn: 1_000)] {
                    events.append(.skipped(flight.number, reason))
                }
            }
        }
        return events
    }

    private func failures(hasDelivered: Bool) -> [AttemptFailure] {
        let delivered: [DeliveredAnswer] = hasDelivered ? [.text(bytes: 100), .other] : [.nothing]
        var failures: [AttemptFailure] = []
        for state in delivered {
            for failureClass in FailureClass.allCases {
                var failure = AttemptFailure.of(failureClass)
                failure.delivered = state
                failures.append(failure)
            }
            var others: [AttemptFailure] = [
                .silence, .refusal, .of(.rateLimit, after: 2_000), .of(.overloaded, after: 9_000),
            ]
            others[0].delivered = state
            others[1].delivered = state
            others[2].delivered = state
            others[3].delivered = state
            var otherKey = AttemptFailure.of(.auth)
            otherKey.otherKeyReady = true
            otherKey.delivered = state
            failures += others + [otherKey]
        }
        return failures
    }
}
