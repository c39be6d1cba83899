import Dialects
import Policy
import Prices
import Routing

extension Route {
    /// The targets as the walk of a request sees them, in the order of the policy.
    static func candidates(_ targets: [RoutedTarget], isStream: Bool) -> [RouteCandidate] {
        targets.indices.map { index in
            let routed = targets[index]
            return RouteCandidate(
                target: index, provider: routed.target.provider, model: routed.target.model,
                contextWindow: routed.target.capabilities.contextWindow,
                continuesPrefill: routed.target.capabilities.assistantPrefill == true,
                firstTokenLimit: isStream ? routed.phases.firstToken : routed.phases.answer,
                isRepeatable: routed.target.kind != .n8n)
        }
    }

    /// What one request may do here.
    ///
    /// - Parameters:
    ///   - total: the client's own deadline, milliseconds over all attempts.
    ///   - pricedOnly: leave out targets whose price nobody has stated.
    func plan(_ call: ClientRequest, total: Int, pricedOnly: Bool, random: inout LoopRandom) -> RoutePlan {
        var candidates = call.stream ? streamCandidates : wholeCandidates
        // With one target there is nothing to draw, and nobody to be hurried on to.
        if targets.count > 1 {
            if !choice.isFixed {
                candidates = choice.order(random: &random) { targets[$0].access.latency.load(at: Journey.now) }
                    .map { candidates[$0] }
            }
            if pricedOnly {
                candidates.removeAll { targets[$0.target].price?.covers(call.endpoint) != true }
            }
            // Whoever is asked first is hurried only if somebody can take over by then.
            let patience = candidates.first?.firstTokenLimit ?? 0
            for index in candidates.indices {
                candidates[index].isResting = targets[candidates[index].target].access.isResting(after: patience)
            }
        }
        if policy.resume, !call.takesPrefill {
            for index in candidates.indices { candidates[index].continuesPrefill = false }
        }
        let longest = candidates.first.map { targets[$0.target].phases.total } ?? 0
        return RoutePlan(
            policy, candidates: candidates, isStream: call.stream,
            hasStructure: policy.resume && call.stream && call.hasStructure, total: min(longest, total))
    }
}
