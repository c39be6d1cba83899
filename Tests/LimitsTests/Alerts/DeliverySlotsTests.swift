import Testing

@testable import Limits

@Suite struct DeliverySlotsTests {
    private func slots(inFlight: Int = 3, perURL: Int = 2, open: Int = 4, openPerURL: Int = 3) -> DeliverySlots {
        var limits = DeliveryLimits()
        limits.inFlight = inFlight
        limits.inFlightPerURL = perURL
        limits.open = open
        limits.openPerURL = openPerURL
        return DeliverySlots(limits)
    }

    @Test func openDeliveriesAreBounded() {
        let slots = slots()
        #expect((0..<4).map { _ in slots.admit("a") } == [true, true, true, false])
        #expect((0..<2).map { _ in slots.admit("b") } == [true, false])
        slots.leave("a")
        #expect((0..<2).map { _ in slots.admit("c") } == [true, false])
    }

    @Test func aSlotIsHandedOnToTheFirstThatCanHaveIt() async {
        let slots = slots()
        #expect(await slots.acquire("a"))
        #expect(await slots.acquire("a"))
        async let third = slots.acquire("a")
        // Whether or not the third waits already: there is a slot for another URL.
        #expect(await slots.acquire("b"))
        async let other = slots.acquire("c")
        slots.release("a")
        slots.release("b")
        #expect(await third)
        #expect(await other)
        // 3 in flight: a, a, c.
        let cancelled = Task { await slots.acquire("d") }
        cancelled.cancel()
        #expect(await !cancelled.value)
        slots.release("c")
        #expect(await slots.acquire("d"))
    }

    @Test func aCancelledWaiterTakesNothing() async {
        let slots = slots(inFlight: 1)
        for round in 0..<200 {
            #expect(await slots.acquire("a"))
            let waiter = Task { await slots.acquire("b") }
            if round.isMultiple(of: 2) { await Task.yield() }
            waiter.cancel()
            slots.release("a")
            if await waiter.value { slots.release("b") }
        }
        #expect(await slots.acquire("a"))
    }
}
