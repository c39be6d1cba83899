import Testing

@testable import Upstream

@Suite("Deadline heap")
struct DeadlineHeapTests {
    @Test("The earliest comes first, and only when it is due")
    func order() {
        var heap = DeadlineHeap()
        for (slot, time) in [(0, 50), (1, 10), (2, 30)] as [(Int, Int64)] { heap.set(slot, at: time) }
        #expect(heap.next == 10)
        #expect(heap.popDue(now: 9) == nil)
        #expect(heap.popDue(now: 30) == 1)
        #expect(heap.popDue(now: 30) == 2)
        #expect(heap.popDue(now: 30) == nil)
        #expect(heap.popDue(now: 50) == 0)
        #expect(heap.isEmpty)
    }

    @Test("A slot has one deadline, which can move both ways and go")
    func change() {
        var heap = DeadlineHeap()
        heap.set(3, at: 10)
        heap.set(4, at: 20)
        heap.set(3, at: 30)
        #expect(heap.count == 2)
        #expect(heap.next == 20)
        heap.set(3, at: 5)
        #expect(heap.next == 5)
        heap.remove(3)
        heap.remove(3)
        heap.remove(99)
        heap.remove(-1)
        heap.set(-1, at: 1)
        #expect(heap.popDue(now: 100) == 4)
        #expect(heap.next == nil)
    }

    @Test("Agrees with a sorted list under random use", arguments: 0..<20 as Range<UInt64>)
    func model(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var heap = DeadlineHeap()
        var model: [Int: Int64] = [:]
        for _ in 0..<2_000 {
            let slot = Int.random(in: 0..<60, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0, 1:
                let time = Int64.random(in: 0..<1_000, using: &random)
                heap.set(slot, at: time)
                model[slot] = time
            case 2:
                heap.remove(slot)
                model[slot] = nil
            default:
                let now = Int64.random(in: 0..<1_000, using: &random)
                let earliest = model.values.min()
                if let popped = heap.popDue(now: now) {
                    #expect(model[popped] == earliest)
                    model[popped] = nil
                } else {
                    #expect((earliest ?? .max) > now)
                }
            }
            #expect(heap.count == model.count)
            #expect(heap.next == model.values.min())
        }
    }
}
