import NIOHTTP1
import NIOPosix
import Testing

@testable import Gateway

@Suite("The self-test of the route table")
struct RouteSelfTestTests {
    @Test("every route of the table passes")
    func table() async throws {
        try await TestGateway.run { gateway in
            try await RouteSelfTest(services: gateway.services).run(on: MultiThreadedEventLoopGroup.singleton.any())
        }
    }

    @Test("a route that claims to be metered and is not, is found")
    func unmetered() async throws {
        let route = DataPlaneRoute(path: "/v1/models", method: .GET, metering: .inference, action: .listModels)
        try await TestGateway.run { gateway in
            _ = await #expect(throws: RouteSelfTest.Failure.self) {
                try await RouteSelfTest(services: gateway.services, routes: [route])
                    .run(on: MultiThreadedEventLoopGroup.singleton.any())
            }
        }
    }
}
