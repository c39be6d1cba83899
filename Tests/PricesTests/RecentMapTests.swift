import Testing

@testable import Prices

@Suite struct RecentMapTests {
    /// The same as a map beside a list of keys in order of use.
    @Test func agreesWithASlowOne() {
        var random = SplitMix64(seed: 6)
        for capacity in [1, 2, 3, 7] {
            var map = RecentMap<Int, Int>(capacity: capacity)
            var values: [Int: Int] = [:]
            var order: [Int] = []
            for step in 0..<3000 {
                let key = random.below(capacity * 2 + 1)
                switch random.below(3) {
                case 0:
                    #expect(map.value(key) == values[key])
                    if values[key] != nil {
                        order.removeAll { $0 == key }
                        order.append(key)
                    }
                case 1: #expect(map.peek(key) == values[key])
                default:
                    map.update(key, initial: 1000) { $0 += step }
                    if values[key] == nil, order.count == capacity { values[order.removeFirst()] = nil }
                    values[key] = (values[key] ?? 1000) + step
                    order.removeAll { $0 == key }
                    order.append(key)
                }
                #expect(map.count == order.count)
            }
        }
    }

    @Test func holdsAtLeastOne() {
        var map = RecentMap<String, Int>(capacity: 0)
        map.update("a", initial: 0) { $0 = 1 }
        map.update("b", initial: 0) { $0 = 2 }
        #expect(map.count == 1)
        #expect(map.peek("a") == nil)
        #expect(map.value("b") == 2)
    }
}
