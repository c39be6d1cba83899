import Logging
import Policy
import Testing

@testable import Limits

@Suite struct AlertCenterTests {
    let time = VirtualTime()
    let webhook = FakeWebhook()

    /// A center, and what it has reported so far.
    private struct Replica {
        let center: AlertCenter
        let noted: AsyncStream<LimitAlert>

        /// Runs until so many alerts were reported and the body has ended.
        func run(reporting count: Int, _ body: () async -> Void = {}) async -> [String] {
            let task = Task { [center] in await center.run(on: anyLoop) }
            var ids: [String] = []
            if count > 0 {
                for await alert in noted {
                    ids.append(alert.id)
                    if ids.count == count { break }
                }
            }
            await body()
            task.cancel()
            await task.value
            return ids
        }
    }

    private func replica(
        _ claims: any OnceClaims, capacity: Int = 1000, limits: DeliveryLimits = DeliveryLimits()
    ) -> Replica {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let (noted, sink) = AsyncStream.makeStream(of: LimitAlert.self)
        let sender = WebhookSender(
            limits: limits, secret: { Array($0.utf8) }, post: webhook.post, clock: time.read, sleep: time.pause,
            logger: logger)
        let center = AlertCenter(
            claims: claims, webhooks: sender, capacity: capacity, logger: logger, onAlert: { sink.yield($0) })
        return Replica(center: center, noted: noted)
    }

    private var claims: LocalOnceClaims { LocalOnceClaims(clock: time.read) }

    @Test func anAlertIsReportedAndDelivered() async {
        let replica = replica(claims)
        replica.center.take(raisedAlert(1))
        replica.center.take(raisedAlert(2, webhook: nil))
        let ids = await replica.run(reporting: 2) { _ = await webhook.calls(1) }
        #expect(ids == ["alert-1", "alert-2"])
        #expect(webhook.calls.map { $0.headers["x-martlet-delivery"] } == ["alert-1"])
        #expect(replica.center.recent().map(\.id) == ["alert-2", "alert-1"])
        #expect(replica.center.recent(1).map(\.id) == ["alert-2"])
        #expect(replica.center.recent(-1).isEmpty)
        #expect(replica.center.metrics == AlertMetrics(fired: 2, delivered: 1))
    }

    @Test func ofTwoReplicasOneReports() async {
        let claims = claims
        let (first, second) = (replica(claims), replica(claims))
        first.center.take(raisedAlert(1, keys: ["k:95", "k:80", "k:50"]))
        _ = await first.run(reporting: 1) { _ = await webhook.calls(1) }
        // The same one, one below it (counted as reported with it), and another.
        second.center.take(raisedAlert(2, keys: ["k:95", "k:80", "k:50"]))
        second.center.take(raisedAlert(3, keys: ["k:80", "k:50"]))
        second.center.take(raisedAlert(4, keys: ["k:100"]))
        #expect(await second.run(reporting: 1) { _ = await webhook.calls(2) } == ["alert-4"])
        #expect(first.center.metrics == AlertMetrics(fired: 1, delivered: 1))
        #expect(second.center.metrics == AlertMetrics(fired: 1, delivered: 1))
    }

    @Test func theOldestAreDroppedWhenTooManyCome() async {
        let replica = replica(claims, capacity: 3)
        for number in 1...5 { replica.center.take(raisedAlert(number, webhook: nil)) }
        #expect(replica.center.metrics == AlertMetrics(dropped: 2))
        #expect(await replica.run(reporting: 3) == ["alert-3", "alert-4", "alert-5"])
        #expect(replica.center.metrics == AlertMetrics(fired: 3, dropped: 2))
        // It has ended.
        replica.center.take(raisedAlert(6))
        #expect(replica.center.metrics == AlertMetrics(fired: 3, dropped: 3))
    }

    @Test func theLatestThousandAreKept() async {
        let replica = replica(claims, capacity: 2000)
        for number in 1...1005 { replica.center.take(raisedAlert(number, webhook: nil)) }
        _ = await replica.run(reporting: 1005)
        let recent = replica.center.recent().map(\.id)
        #expect(recent.count == 1000)
        #expect(recent.first == "alert-1005")
        #expect(recent.last == "alert-6")
    }

    @Test func deliveriesAreBounded() async {
        var limits = DeliveryLimits()
        limits.openPerURL = 2
        let replica = replica(claims, limits: limits)
        webhook.answer(hook, .fails)
        for number in 1...5 { replica.center.take(raisedAlert(number)) }
        replica.center.take(raisedAlert(6, webhook: "https://other.example"))
        let ids = await replica.run(reporting: 6) {
            _ = await webhook.calls(3)
            await time.waitForSleepers(2)
        }
        #expect(ids.count == 6)
        // Three for want of room, two because the process ended.
        #expect(replica.center.metrics == AlertMetrics(fired: 6, delivered: 1, dropped: 5))
    }

    @Test func deliveriesThatFailAreCounted() async {
        let replica = replica(claims)
        webhook.answer(hook, .status(404))
        replica.center.take(raisedAlert(1))
        _ = await replica.run(reporting: 1) { _ = await webhook.calls(1) }
        #expect(replica.center.metrics == AlertMetrics(fired: 1, failed: 1))
    }

    @Test func fromAWatchToAWebhook() async {
        let replica = replica(claims)
        let watch = AlertWatch(raise: replica.center.take)
        let limit = claim(.tenant, .tokens, .minute, max: 1000, tenant: LimitTenant("acme"))
        for used in [500, 600, 999] {
            watch.observe([state(limit, used: used)], tenant: "acme", policy: alerting(), now: noon)
        }
        _ = await replica.run(reporting: 2) { _ = await webhook.calls(2) }
        #expect(replica.center.recent().map(\.threshold) == [95, 50])
        #expect(webhook.calls.filter { $0.body.contains(#""threshold":95,"percent":99,"#) }.count == 1)
    }
}
