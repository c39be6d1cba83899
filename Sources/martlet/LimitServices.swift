import Gateway
import Limits
import Logging
import NIOCore
import NIOPosix
import Policy
import RedisClient
import Storage

/// Where limits are counted: in this process, or in Redis for all replicas together.
struct LimitServices {
    let store: LimitStoreGuard
    /// What only one replica may do.
    let claims: any OnceClaims
    private let redis: RedisClient?
    private let eventLoop: any EventLoop

    /// A Redis that does not answer is no reason not to start: until it does, plans say what happens.
    static func open(
        _ settings: Settings, group: MultiThreadedEventLoopGroup, logger: Logger
    ) async throws -> LimitServices {
        let clock: @Sendable () -> Int = { Timestamp.now().milliseconds }
        // Says how long something lasts, whatever becomes of the time of day.
        let steadyClock: @Sendable () -> Int = { Int(clamping: NIODeadline.now().uptimeNanoseconds / 1_000_000) }
        guard let url = settings.redisURL else {
            let store = LimitStoreGuard(
                primary: LocalLimitStore(clock: clock, steadyClock: steadyClock), logger: logger, clock: clock,
                steadyClock: steadyClock)
            return LimitServices(
                store: store, claims: LocalOnceClaims(clock: clock), redis: nil, eventLoop: group.next())
        }
        let configuration: RedisConfiguration
        do { configuration = try RedisConfiguration(url: url) } catch { throw StartError("redis_url: \(error)") }
        let redis = RedisClient(
            configuration: configuration, eventLoops: Array(group.makeIterator()), logger: logger)
        do throws(RedisFailure) {
            try await redis.waitUntilReady(within: .seconds(2))
        } catch {
            logger.warning(
                "Redis does not answer; until it does, limits follow each plan's on_store_outage",
                metadata: ["reason": "\(error)"])
        }
        let store = LimitStoreGuard(
            primary: RedisLimitStore(runner: redis, leaseMilliseconds: settings.leaseMilliseconds, clock: clock),
            logger: logger, clock: clock, steadyClock: steadyClock)
        return LimitServices(
            store: store, claims: RedisOnceClaims(client: redis, own: LocalOnceClaims(clock: clock)), redis: redis,
            eventLoop: group.next())
    }

    /// How long what waits to be counted may hold up the end of the process.
    private static let lastChance = Duration.seconds(2)

    /// Frees what dead processes hold, and watches over the store, until the task is cancelled. Then what still waits to
    /// be counted gets a last chance, for two seconds at most.
    func run() async {
        await withTaskGroup { tasks in
            tasks.addTask { await store.run(on: eventLoop) }
            tasks.addTask {
                while !Task.isCancelled {
                    _ = await store.sweep(on: eventLoop)
                    try? await Task.sleep(for: .seconds(1))
                }
            }
        }
        _ = await store.finish(within: Self.lastChance, on: eventLoop)
    }

    func close() async { await redis?.shutdown() }
}
