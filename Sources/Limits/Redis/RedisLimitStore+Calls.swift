import NIOCore
import RedisClient

extension RedisLimitStore {
    static let unreadable = LimitStoreFailure.unavailable(
        reason: "an answer of Redis has an unexpected form", retryAfterMilliseconds: 1000)

    func evaluate(
        _ script: RedisScript, _ keys: [String], _ arguments: [RedisArgument], on loop: any EventLoop
    ) async throws(LimitStoreFailure) -> RedisReply {
        do throws(RedisFailure) {
            return try await runner.evaluate(script, keys: keys, arguments: arguments, on: loop, timeout: timeout)
        } catch {
            switch error {
            case .timeout: throw .timedOut
            case .cancelled: throw .cancelled
            case .disconnected, .unavailable, .queueFull, .server, .protocolViolation, .closed:
                throw .unavailable(reason: error.description, retryAfterMilliseconds: 1000)
            }
        }
    }

    func number(
        _ script: RedisScript, _ keys: [String], _ arguments: [RedisArgument], on loop: any EventLoop
    ) async throws(LimitStoreFailure) -> Int {
        guard let number = try await evaluate(script, keys, arguments, on: loop).integer else { throw Self.unreadable }
        return number
    }
}
