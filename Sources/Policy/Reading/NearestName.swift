/// Finds what somebody meant to write.
enum NearestName {
    /// The candidate closest to `name`, if it is close: up to a third of its letters wrong, at least one, at most three.
    static func find(_ name: String, among candidates: some Sequence<String>) -> String? {
        let limit = min(3, max(1, name.count / 3))
        var best: (name: String, distance: Int)?
        for candidate in candidates.sorted() {
            let distance = distance(Array(name.lowercased().utf8), Array(candidate.lowercased().utf8))
            if distance <= limit, distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        return best?.name
    }

    /// Levenshtein's distance with swapped neighbours counted once (optimal string alignment).
    private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
        var previous: [Int] = []
        var current = Array(0...b.count)
        for i in 1...a.count {
            var next = [i] + [Int](repeating: 0, count: b.count)
            for j in 1...b.count {
                let change = current[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)
                next[j] = min(change, current[j] + 1, next[j - 1] + 1)
                if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
                    next[j] = min(next[j], previous[j - 2] + 1)
                }
            }
            previous = current
            current = next
        }
        return current[b.count]
    }
}
