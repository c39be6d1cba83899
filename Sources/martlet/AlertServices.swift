import Crypto
import Foundation
import Identity
import Limits
import Logging
import NIOCore
import NIOPosix
import Storage
import Upstream

/// Tells people when limits fill up.
struct AlertServices {
    let watch: AlertWatch
    private let center: AlertCenter
    private let eventLoop: any EventLoop

    /// - Parameter claims: where an alert is claimed, so that one replica alone reports it.
    init(
        claims: any OnceClaims, masterKey: MasterKey, upstream: UpstreamClient, group: MultiThreadedEventLoopGroup,
        logger: Logger
    ) {
        let eventLoop = group.next()
        let webhooks = WebhookSender(
            secret: { Array(Self.webhookSecret(of: $0, masterKey).utf8) },
            post: { url, allowPrivateNetwork, headers, body in
                try await Self.post(url, allowPrivateNetwork, headers, body, upstream, eventLoop)
            },
            clock: { Timestamp.now().milliseconds }, logger: logger)
        let center = AlertCenter(claims: claims, webhooks: webhooks, logger: logger)
        self.center = center
        self.eventLoop = eventLoop
        watch = AlertWatch(raise: center.take)
    }

    /// Until the task is cancelled.
    func run() async { await center.run(on: eventLoop) }

    /// What signs a tenant's webhooks, as its receiver has to know it. It follows from the master key, so nothing is
    /// stored and every replica has the same.
    static func webhookSecret(of tenant: String, _ masterKey: MasterKey) -> String {
        let code = HMAC<SHA256>.authenticationCode(
            for: Data(tenant.utf8), using: SymmetricKey(data: masterKey.derive(.webhooks)))
        return "whsec_" + Data(code).base64EncodedString()
    }

    /// Through the same transport as everything else, and so past the same guard.
    private static func post(
        _ url: String, _ allowPrivateNetwork: Bool, _ headers: [(name: String, value: String)], _ body: [UInt8],
        _ upstream: UpstreamClient, _ eventLoop: any EventLoop
    ) async throws -> Int {
        let request = UpstreamRequest(
            url: url, extraHeaders: headers, body: body,
            timeouts: UpstreamTimeouts(connect: 3_000, firstByte: 10_000, idle: 5_000, total: 15_000),
            delivery: .whole, allowPrivateNetwork: allowPrivateNetwork, maxResponseBytes: 64 << 10)
        return try await upstream.send(request, on: eventLoop).status
    }
}
