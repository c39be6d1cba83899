package import Logging
package import NIOCore
import NIOPosix
import Synchronization

/// Calls providers over HTTP: one driver thread per event loop, each with its own connections.
///
/// libcurl looks up names, opens connections and speaks TLS; HTTP/1.1 is read and written here. A request that has been
/// sent, even in part, is never sent again: that is for the caller to decide. (Over HTTP/2, which is off by default,
/// libcurl makes the whole transfer.)
///
/// Consumers run on the event loop, results reach them there in batches, and every deadline of a call is kept by the
/// driver. Shut the client down before the event loops.
package final class UpstreamClient: Sendable {
    /// For streams with a client's and a provider's connection each; 8 bytes of kernel memory apiece.
    private static let reservedDescriptors = 32_768

    private let ports: [DriverPort]
    private let portByLoop: [ObjectIdentifier: DriverPort]
    private let configuration: UpstreamConfiguration
    private let budgets = BudgetBook()
    private let threads: NIOThreadPool
    private let logger: Logger

    /// - Parameter group: Its event loops are the ones calls are made from; at least one.
    package init(group: any EventLoopGroup, configuration: UpstreamConfiguration = .init(), logger: Logger) {
        let ports = Array(group.makeIterator()).compactMap { DriverPort(eventLoop: $0) }
        self.ports = ports
        self.portByLoop = Dictionary(
            ports.map { (ObjectIdentifier($0.eventLoop), $0) }, uniquingKeysWith: { first, _ in first })
        self.configuration = configuration
        self.threads = NIOThreadPool(numberOfThreads: max(1, ports.count))
        self.logger = logger
    }

    deinit {
        for port in self.ports { _ = port.post(.shutdown) }
    }

    /// Starts the driver threads. Calls made before fail as cancelled. To be called once.
    package func start() {
        reserveDescriptors(Self.reservedDescriptors)
        self.threads.start()
        for (index, port) in self.ports.enumerated() {
            port.open()
            let (configuration, budgets, logger) = (self.configuration, self.budgets, self.logger)
            self.threads.submit { state in
                // Shut down before this thread came to run: calls made meanwhile must not wait for it.
                guard case .active = state else { return port.refuseAll(.clientShutDown) }
                nameCurrentThread("upstream-\(index)")
                if let driver = Driver(port: port, configuration: configuration, budgets: budgets) {
                    driver.run()
                } else {
                    logger.critical("The upstream transport cannot start: libcurl or the system is out of resources")
                    port.refuseAll(.outOfResources)
                }
            }
        }
    }

    /// Ends all open calls as cancelled, closes all connections and waits for the driver threads to end.
    package func shutdown() async {
        for port in self.ports { _ = port.post(.shutdown) }
        do {
            try await self.threads.shutdownGracefully()
        } catch {
            self.logger.error("The upstream threads did not end", metadata: ["error": "\(error)"])
        }
    }

    /// Makes a call and returns with the head of its answer; for ``UpstreamRequest/Delivery/whole`` the body is there
    /// too.
    ///
    /// - Parameter eventLoop: The caller's own. Another task may call too; it is resumed by way of that loop.
    /// - Throws: Also ``UpstreamFailure/Phase/cancelled``, at once, when the task is cancelled.
    package func send(
        _ request: UpstreamRequest, on eventLoop: any EventLoop
    ) async throws(UpstreamFailure) -> UpstreamResponse {
        try Self.check(request)
        guard let port = self.portByLoop[ObjectIdentifier(eventLoop)] ?? self.ports.first else {
            throw .clientShutDown
        }
        guard port.counters.openTransfers.load(ordering: .relaxed) < self.maxOpenPerLoop else {
            throw UpstreamFailure(
                .connect, .other, message: "too many calls are open (\(self.maxOpenPerLoop) per loop)")
        }
        let transfer = Transfer(request: request, port: port)
        port.counters.openTransfers.increase()
        guard port.post(.start(transfer)) else {
            port.counters.openTransfers.decrease()
            throw .clientShutDown
        }
        let head = try await transfer.head()
        return UpstreamResponse(head, transfer: transfer)
    }

    /// A reading of the counters, summed over the drivers.
    package var statistics: UpstreamStatistics {
        var sum = UpstreamStatistics()
        for port in self.ports { port.counters.add(to: &sum) }
        return sum
    }

    /// See ``Counters/connectionsLookedThrough``.
    var connectionsLookedThrough: Int {
        self.ports.reduce(0) { $0 + $1.counters.connectionsLookedThrough.load(ordering: .relaxed) }
    }

    private var maxOpenPerLoop: Int { max(1, self.configuration.maxOpenTransfers / max(1, self.ports.count)) }

    /// Refuses what would break the request's framing. URL and shared headers are checked elsewhere.
    private static func check(_ request: UpstreamRequest) throws(UpstreamFailure) {
        for header in request.extraHeaders {
            do {
                _ = try UpstreamHeaders.line(name: header.name, value: header.value)
            } catch {
                throw UpstreamFailure(.protocolError, .other, message: "\(error)")
            }
        }
        if request.method != "POST", request.method != "GET", !UpstreamHeaders.isToken(request.method) {
            throw UpstreamFailure(.protocolError, .other, message: "not a valid method")
        }
    }
}
