import Logging
import NIOCore
import NIOPosix
import RedisClient

/// A client on event loops of its own, for the time of a test.
struct Bench: Sendable {
    let client: RedisClient
    let loop: any EventLoop

    static func run<Result: Sendable>(
        _ url: String, threads: Int = 1, _ adjust: @Sendable (inout RedisConfiguration) -> Void = { _ in },
        _ body: @Sendable (Bench) async throws -> Result
    ) async throws -> Result {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: threads)
        var configuration = try RedisConfiguration(url: url)
        configuration.firstBackoff = .milliseconds(5)
        configuration.lastBackoff = .milliseconds(50)
        adjust(&configuration)
        let client = RedisClient(
            configuration: configuration, eventLoops: Array(group.makeIterator()),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let result: Swift.Result<Result, any Error>
        do {
            result = .success(try await body(Bench(client: client, loop: group.next())))
        } catch {
            result = .failure(error)
        }
        await client.shutdown()
        try await group.shutdownGracefully()
        return try result.get()
    }

    func send(
        _ arguments: [RedisArgument], key: String? = nil, timeout: TimeAmount = .seconds(5)
    ) async throws(RedisFailure) -> RedisReply {
        try await self.client.send(arguments, key: key, on: self.loop, timeout: timeout)
    }

    /// What a call fails with; nil when it works.
    func failure(_ arguments: [RedisArgument], timeout: TimeAmount = .seconds(5)) async -> RedisFailure? {
        do throws(RedisFailure) {
            _ = try await self.send(arguments, timeout: timeout)
            return nil
        } catch {
            return error
        }
    }

    /// Tries again, for some ten seconds, until the answer is yes: for what happens in another process.
    func eventually(_ isTrue: @Sendable () async throws -> Bool) async throws -> Bool {
        for _ in 0..<500 {
            if try await isTrue() { return true }
            try await self.loop.scheduleTask(in: .milliseconds(20)) {}.futureResult.get()
        }
        return false
    }

    /// Runs a task on the event loop, as the gateway's requests do.
    func onLoop<Result: Sendable>(_ body: @escaping @Sendable () async -> Result) async -> Result {
        let task = Task(executorPreference: LoopExecutor(self.loop)) { await body() }
        return await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
    }
}

/// Runs tasks on an event loop.
final class LoopExecutor: TaskExecutor {
    private let loop: any EventLoop

    init(_ loop: any EventLoop) {
        self.loop = loop
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        self.loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
