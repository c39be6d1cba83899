import Limits
import Logging
import NIOCore
import NIOEmbedded
import Policy
import Synchronization
import Testing

@Suite struct LimitStoreDeadlineTests {
    let clock = TestClock()
    let tenant = LimitTenant("acme")

    /// On a loop whose time the test moves: no call waits longer than the deadline.
    @Test func aStoreThatHangsIsGivenUp() async throws {
        let hanging = FakeLimitStore(clock: clock, keepsDeadline: false)
        let sut = LimitStoreGuardTests.make(hanging, clock, LimitStoreGuardTests.Changes())
        let claims = [claim(.tenant, .requests, .minute, max: 50, tenant: tenant)]
        let loop = NIOAsyncTestingEventLoop()
        hanging.become(.hanging)
        let request = ReservationRequest(
            id: .random(), tenant: tenant, claims: claims, demand: tokens(1), leaseMilliseconds: 30_000)
        for _ in 0..<3 {
            let started = hanging.hanging
            let task = Task { try await sut.reserve(request, onOutage: .open, on: loop) }
            while hanging.hanging == started { await Task.yield() }
            let isDone = Atomic(false)
            let waiter = Task {
                let outcome = try await task.value
                isDone.store(true, ordering: .sequentiallyConsistent)
                return outcome
            }
            // The timer may be set a moment after the call has begun.
            while !isDone.load(ordering: .sequentiallyConsistent) {
                await loop.advanceTime(by: .milliseconds(50))
                await Task.yield()
            }
            #expect(try await waiter.value.reservation?.origin == .unmetered)
        }
        #expect(sut.isDegraded)
        #expect(sut.metrics.failures == 3)
        // The probe is one, even when it hangs.
        clock.advance(500)
        let probe = Task { await sut.maintain(on: loop) }
        while hanging.hanging < 4 { await Task.yield() }
        await sut.maintain(on: loop)
        #expect(hanging.calls == 4)
        hanging.become(.healthy)
        await probe.value
        #expect(!sut.isDegraded)
        // Timers that were cancelled leave the loop when it runs.
        await loop.advanceTime(by: .seconds(1))
        await loop.shutdownGracefully()
    }
}
