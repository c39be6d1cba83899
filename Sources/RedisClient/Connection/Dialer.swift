import NIOCore
import NIOPosix
import NIOSSL

/// Opens connections as the configuration wants them.
struct Dialer: Sendable {
    let configuration: RedisConfiguration
    /// Nil without TLS. A failure, such as an unreadable file of authorities, becomes that of every attempt.
    private let tls: Result<NIOSSLContext?, RedisFailure>

    init(configuration: RedisConfiguration) {
        self.configuration = configuration
        self.tls = Self.tlsContext(configuration)
    }

    /// Connects and greets the server, within ``RedisConfiguration/connectTimeout``. The future fails with a
    /// ``RedisFailure``; whoever gets the link sets its consumer at once.
    ///
    /// - Parameter authenticated: False for sentinels: neither `AUTH` nor `SELECT`.
    func dial(
        _ address: RedisAddress, authenticated: Bool = true, on eventLoop: any EventLoop
    ) -> EventLoopFuture<RedisLink> {
        let tls: NIOSSLContext?
        do {
            tls = try self.tls.get()
        } catch {
            return eventLoop.makeFailedFuture(error)
        }
        let opened = eventLoop.makePromise(of: RedisLink.self)
        let greeting = self.greeting(authenticated: authenticated)
        let channel = ClientBootstrap(group: eventLoop)
            .connectTimeout(self.configuration.connectTimeout)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let tls { try pipeline.addHandler(Self.tlsHandler(tls, host: address.host)) }
                    let reader = ReplyReader(
                        maxBytes: self.configuration.maxReplyBytes, maxElements: self.configuration.maxReplyElements)
                    guard let reader else { throw RedisFailure.unavailable("out of memory") }
                    try pipeline.addHandler(RedisLink(reader: reader, greeting: greeting, opened: opened))
                }
            }
            .connect(host: address.host, port: address.port)
        channel.whenFailure { opened.fail(Self.failure($0, at: address)) }
        let limit = eventLoop.scheduleTask(in: self.configuration.connectTimeout) {
            opened.fail(RedisFailure.unavailable("\(address) did not answer in time"))
            channel.whenSuccess { $0.close(promise: nil) }
        }
        return opened.futureResult.flatMapErrorThrowing { throw Self.failure($0, at: address) }
            .always { _ in limit.cancel() }
    }

    private func greeting(authenticated: Bool) -> [RedisCommand] {
        var greeting: [RedisCommand] = []
        if authenticated, let password = self.configuration.password {
            let user = self.configuration.user.map { [RedisArgument.string($0)] } ?? []
            greeting.append(.arguments(["AUTH"] + user + [.string(password)]))
        }
        if authenticated, self.configuration.database != 0 {
            greeting.append(.arguments(["SELECT", .integer(self.configuration.database)]))
        }
        // Also tells a server that wants a password or is still loading its data.
        greeting.append(.arguments(["PING"]))
        return greeting
    }

    /// An attempt to connect that failed has sent no command, whatever ended it.
    private static func failure(_ error: any Error, at address: RedisAddress) -> RedisFailure {
        switch error as? RedisFailure {
        case .disconnected(let reason), .protocolViolation(let reason): .unavailable("\(address): \(reason)")
        case let failure?: failure
        case nil: .unavailable("\(address): \(error)")
        }
    }

    private static func tlsContext(_ configuration: RedisConfiguration) -> Result<NIOSSLContext?, RedisFailure> {
        guard configuration.usesTLS else { return .success(nil) }
        var settings = TLSConfiguration.makeClientConfiguration()
        settings.minimumTLSVersion = .tlsv12
        if let file = configuration.authorityFile { settings.trustRoots = .file(file) }
        do {
            return .success(try NIOSSLContext(configuration: settings))
        } catch {
            return .failure(.unavailable("TLS cannot be set up: \(error)"))
        }
    }

    /// Without a name the certificate has to name the address connected to.
    private static func tlsHandler(_ context: NIOSSLContext, host: String) throws -> NIOSSLClientHandler {
        let isLiteral = (try? SocketAddress(ipAddress: host, port: 0)) != nil
        return try NIOSSLClientHandler(context: context, serverHostname: isLiteral ? nil : host)
    }
}
