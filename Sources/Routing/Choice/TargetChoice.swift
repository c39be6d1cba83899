package import Policy

/// The order in which a model's targets are asked.
///
/// Targets are asked as they are listed. Consecutive targets that all state a `weight` are of equal rank: which of them
/// comes first is drawn by weight for each request, and the others follow, drawn the same way. A weight of 0 comes last
/// in its rank: it only takes over.
package struct TargetChoice: Sendable, Hashable {
    package enum Method: String, Sendable, Hashable, CaseIterable {
        case weighted
        /// Of two drawn by weight, the one that answers faster at the moment.
        case leastLatency = "least_latency"
    }

    private let ranks: [Range<Int>]
    private let weights: [Int]
    private let method: Method

    /// - Parameter weights: of the targets as listed; nil where none is stated.
    package init(weights: [Int?], method: Method = .weighted) {
        self.method = method
        self.weights = weights.map { max(0, min($0 ?? 1, 1_000_000)) }
        var ranks: [Range<Int>] = []
        for index in weights.indices {
            if let last = ranks.last, weights[index] != nil, weights[last.lowerBound] != nil {
                ranks[ranks.count - 1] = last.lowerBound..<(index + 1)
            } else {
                ranks.append(index..<(index + 1))
            }
        }
        self.ranks = ranks
    }

    /// As a model's policy says.
    package init(_ model: ModelPolicy) {
        let method: Method =
            switch model.choice {
            case .weighted: .weighted
            case .leastLatency: .leastLatency
            }
        self.init(weights: model.targets.map(\.weight), method: method)
    }

    /// Every request has the same order: there is nothing to draw.
    package var isFixed: Bool { ranks.allSatisfy { $0.count == 1 } }

    /// Indices of the targets, in the order in which one request asks them.
    ///
    /// - Parameter load: for least latency; see ``PeakLatency/load(at:)``.
    package func order(
        random: inout some RandomNumberGenerator, load: (Int) -> Int = { _ in 0 }
    ) -> [Int] {
        if isFixed { return Array(weights.indices) }
        var order: [Int] = []
        order.reserveCapacity(weights.count)
        for rank in ranks {
            var left = Array(rank)
            while !left.isEmpty {
                var place = draw(left, &random)
                if method == .leastLatency, left.count == rank.count, left.count > 1, weights[left[place]] > 0 {
                    place = better(place, in: left, &random, load)
                }
                order.append(left.remove(at: place))
            }
        }
        return order
    }

    /// A place in the list; the first if only weights of 0 are left.
    private func draw(_ left: [Int], _ random: inout some RandomNumberGenerator) -> Int {
        let sum = left.reduce(0) { $0 + weights[$1] }
        guard sum > 0, left.count > 1 else { return 0 }
        var rest = Int.random(in: 0..<sum, using: &random)
        for place in left.indices {
            rest -= weights[left[place]]
            if rest < 0 { return place }
        }
        return 0
    }

    private func better(
        _ place: Int, in left: [Int], _ random: inout some RandomNumberGenerator, _ load: (Int) -> Int
    ) -> Int {
        var others = left
        others.remove(at: place)
        let rival = others[draw(others, &random)]
        guard weights[rival] > 0, load(rival) < load(left[place]) else { return place }
        return left.firstIndex(of: rival) ?? place
    }
}
