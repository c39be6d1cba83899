import Logging
import Testing

@testable import Limits

@Suite struct WebhookSenderTests {
    let time = VirtualTime()
    let webhook = FakeWebhook()

    private func sender(_ limits: DeliveryLimits = DeliveryLimits(), secret: String = "of ") -> WebhookSender {
        WebhookSender(
            limits: limits, secret: { secret.isEmpty ? [] : Array((secret + $0).utf8) }, post: webhook.post,
            clock: time.read, sleep: time.pause, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// As ``AlertCenter`` does.
    private func deliver(_ sender: WebhookSender, _ raised: RaisedAlert, to url: String = hook) async -> WebhookOutcome
    {
        #expect(sender.admit(url))
        return await sender.deliver(raised, to: url)
    }

    @Test func aCallIsSigned() async throws {
        #expect(await deliver(sender(), raisedAlert(1)) == .delivered)
        let call = try #require(webhook.calls.first)
        #expect(call.url == hook)
        #expect(!call.allowPrivateNetwork)
        #expect(call.body == String(decoding: raisedAlert(1).alert.json, as: UTF8.self))
        let timestamp = "1749643200"
        #expect(
            call.headers == [
                "content-type": "application/json", "x-martlet-event": "limit.alert",
                "x-martlet-delivery": "alert-1", "x-martlet-timestamp": timestamp,
                "x-martlet-signature": WebhookSignature.header(
                    timestamp: timestamp, body: Array(call.body.utf8), secret: Array("of acme".utf8)),
            ])
        #expect(time.waiting == 0)
    }

    @Test func privateAddressesAreReachedOnlyWhereAllowed() async {
        let plain = raisedAlert(1)
        let allowed = RaisedAlert(
            alert: plain.alert, webhook: hook, allowPrivateNetwork: true, keys: plain.keys, lifetime: 1)
        #expect(await deliver(sender(), allowed) == .delivered)
        #expect(webhook.calls.map(\.allowPrivateNetwork) == [true])
    }

    @Test func withoutASecretNothingIsSent() async {
        #expect(await deliver(sender(secret: ""), raisedAlert(1)) == .failed)
        #expect(webhook.calls.isEmpty)
    }

    @Test(arguments: [200, 201, 204, 299]) func takenAtOnce(status: Int) async {
        webhook.answer(hook, .status(status))
        #expect(await deliver(sender(), raisedAlert(1)) == .delivered)
        #expect(webhook.calls.count == 1)
    }

    @Test(arguments: [100, 302, 400, 401, 404, 408, 410, 499]) func refusedForGood(status: Int) async {
        webhook.answer(hook, .status(status))
        #expect(await deliver(sender(), raisedAlert(1)) == .failed)
        #expect(webhook.calls.count == 1)
    }

    @Test(arguments: [FakeWebhook.Answer.status(500), .status(503), .status(599), .status(429), .fails])
    func failuresAreTriedAgain(_ answer: FakeWebhook.Answer) async {
        webhook.answer(hook, answer, answer, .status(200))
        async let outcome = deliver(sender(), raisedAlert(1))
        let waits = [await time.wakeNext(), await time.wakeNext()]
        #expect(await outcome == .delivered)
        #expect((4000...6000).contains(waits[0]))
        #expect((12_000...18_000).contains(waits[1]))
        let calls = webhook.calls
        #expect(calls.count == 3)
        // The same delivery, signed anew.
        #expect(Set(calls.map(\.body)).count == 1)
        #expect(Set(calls.map { $0.headers["x-martlet-delivery"] }) == ["alert-1"])
        let times = calls.map { $0.headers["x-martlet-timestamp"] ?? "" }
        #expect(times == [noon, noon + waits[0], noon + waits[0] + waits[1]].map { "\($0 / 1000)" })
        #expect(Set(calls.map { $0.headers["x-martlet-signature"] }).count == 3)
    }

    @Test func sixFailuresAreTheEnd() async {
        webhook.answer(hook, .status(500))
        async let outcome = deliver(sender(), raisedAlert(1))
        for _ in 0..<5 { await time.wakeNext() }
        #expect(await outcome == .failed)
        #expect(webhook.calls.count == 6)
        #expect((480_000...730_000).contains(time.now - noon))
    }

    @Test func aSlowWebhookDoesNotHoldUpOthers() async {
        let slow = "https://slow.example"
        let sender = sender()
        webhook.answer(slow, .hangs)
        await withTaskGroup { group in
            for number in 0..<20 {
                group.addTask { await self.deliver(sender, raisedAlert(number), to: slow) }
            }
            _ = await webhook.calls(2)
            for number in 20..<40 {
                #expect(await deliver(sender, raisedAlert(number)) == .delivered)
            }
            #expect(webhook.calls.filter { $0.url == slow }.count == 2)
            webhook.release(slow)
            var delivered = 0
            for await outcome in group where outcome == .delivered { delivered += 1 }
            #expect(delivered == 20)
        }
        #expect(webhook.calls.count == 40)
    }

    @Test func soManyCallsAtOnce() async {
        var limits = DeliveryLimits()
        limits.inFlight = 4
        let sender = sender(limits)
        let urls = (0..<10).map { "https://hooks.example/\($0)" }
        for url in urls { webhook.answer(url, .hangs) }
        await withTaskGroup { group in
            for (number, url) in urls.enumerated() {
                group.addTask { await self.deliver(sender, raisedAlert(number), to: url) }
            }
            _ = await webhook.calls(4)
            for url in urls { webhook.release(url) }
            for await outcome in group { #expect(outcome == .delivered) }
        }
        #expect(webhook.maxInFlight == 4)
    }

    @Test func whoWaitsForTheNextAttemptHoldsNoSlot() async {
        var limits = DeliveryLimits()
        limits.inFlight = 1
        let sender = sender(limits)
        webhook.answer("https://down.example", .fails)
        let down = Task { await deliver(sender, raisedAlert(1), to: "https://down.example") }
        await time.waitForSleepers(1)
        #expect(await deliver(sender, raisedAlert(2)) == .delivered)
        down.cancel()
        #expect(await down.value == .cancelled)
    }

    @Test func cancellationEndsACallInFlight() async {
        webhook.answer(hook, .hangs)
        let sender = sender()
        let delivery = Task { await deliver(sender, raisedAlert(1)) }
        _ = await webhook.calls(1)
        delivery.cancel()
        // The call may have ended well in the same moment.
        #expect(await [.cancelled, .delivered].contains(delivery.value))
        #expect(time.waiting == 0)
    }
}
