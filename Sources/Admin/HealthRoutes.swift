import HTTPTypes
package import Hummingbird
import NIOCore
import WireJSON

/// `/health*`: is the process alive, can it serve.
package struct HealthRoutes: Sendable {
    /// One thing readiness depends on.
    package struct Check: Sendable {
        package var name: String
        /// nil when all is well, else what is wrong in a few words.
        package var problem: @Sendable () async -> String?

        package init(name: String, problem: @escaping @Sendable () async -> String?) {
            self.name = name
            self.problem = problem
        }
    }

    private let version: String
    private let checks: [Check]
    private let isDraining: @Sendable () -> Bool

    package init(version: String, checks: [Check], isDraining: @escaping @Sendable () -> Bool) {
        self.version = version
        self.checks = checks
        self.isDraining = isDraining
    }

    package func add(to router: Router<ControlContext>) {
        router.get("health/live") { _, _ in json(["status": "ok"]) }
        router.get("health/ready") { _, _ in await readiness(detailed: false) }
        router.get("health") { _, _ in await readiness(detailed: true) }
    }

    /// 503 while draining or while a check fails: a load balancer then sends requests elsewhere.
    private func readiness(detailed: Bool) async -> Response {
        var results: JSONObject = [:]
        var isReady = !isDraining()
        for check in checks {
            let problem = await check.problem()
            if problem != nil { isReady = false }
            results.append(check.name, problem.map { .string($0) } ?? "ok")
        }
        var body: JSONObject = ["status": .string(isDraining() ? "draining" : isReady ? "ok" : "unavailable")]
        if detailed {
            body.append("version", .string(version))
            body.append("checks", .object(results))
        }
        return json(.object(body), status: isReady ? .ok : .serviceUnavailable)
    }

    private func json(_ value: JSONValue, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: value.bytes)))
    }
}
