import Dialects
import Gateway
import Limits
import NIOCore
import NIOHTTP1
import NIOPosix
import Routing
import Upstream

/// The gateway's own part: the pipeline up to the provider, and the memory for thoughts.
enum GatewayCases {
    static func all(_ services: SampleServices) throws -> [Benchmark] {
        try pipeline(services) + thoughts()
    }

    /// Requests that end before a provider is asked: id, route table, authentication, the scan, the model's lookup, the
    /// plan, headers and the answer's encoding.
    private static func pipeline(_ services: SampleServices) throws -> [Benchmark] {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let gateway = Gateway(
            eventLoops: [loop],
            services: GatewayServices(
                authenticator: services.authenticator, upstream: UpstreamClient(group: loop, logger: services.logger),
                limits: LimitStoreGuard(
                    primary: LocalLimitStore(clock: { SampleRequests.context.created * 1000 }),
                    logger: services.logger, clock: { SampleRequests.context.created * 1000 }),
                routing: RoutingState(clock: { 0 }), logger: services.logger,
                clock: { SampleRequests.context.created * 1000 }),
            snapshot: try SamplePolicy.snapshot(), demoBaseURL: nil)
        guard let pipeline = gateway.pipeline(on: loop) else { throw UnexpectedOutcome("no pipeline") }
        let chat = Endpoint.chatCompletions.rawValue
        let messages = #"[{"role":"user","content":"Hello"}]"#
        let unknown = Array(#"{"model":"\#(SamplePolicy.unknownModel)","messages":\#(messages)}"#.utf8)
        return [
            handled("Route.Unknown", by: pipeline, request(services, .POST, "/v1/nothing"), expecting: 404),
            handled("Model.Unknown", by: pipeline, request(services, .POST, chat, unknown), expecting: 404),
            handled("Model.Show", by: pipeline, request(services, .GET, "/v1/models/gpt-4o"), expecting: 200),
            handled("Body.Truncated", by: pipeline, request(services, .POST, chat, unknown.dropLast()), expecting: 400),
        ]
    }

    private static func handled(
        _ name: String, by pipeline: Pipeline, _ request: InboundRequest, expecting status: Int
    ) -> Benchmark {
        let writer = DiscardingWriter()
        return Benchmark(async: "Gateway.\(name)") {
            await pipeline.handle(request, writer)
            guard writer.lastStatus == status else { throw UnexpectedOutcome("status \(writer.lastStatus)") }
        }
    }

    /// With the headers that SDKs send.
    private static func request(
        _ services: SampleServices, _ method: HTTPMethod, _ uri: String, _ body: some Collection<UInt8> = []
    ) -> InboundRequest {
        let headers: HTTPHeaders = [
            "host": "127.0.0.1:8080", "accept": "application/json", "content-type": "application/json",
            "content-length": String(body.count), "user-agent": "OpenAI/Python 1.0.0", "x-stainless-lang": "python",
            "x-stainless-os": "Linux", "x-stainless-arch": "x64", "x-stainless-retry-count": "0",
            "authorization": "Bearer \(services.key)",
        ]
        return InboundRequest(method: method, uri: uri, headers: headers, body: Array(body), receivedAt: 0)
    }

    private static func thoughts() -> [Benchmark] {
        let now = SampleRequests.context.created
        let store = ThoughtStore()
        let records = (0..<10_000).map { index in
            ThoughtRecord(toolCallID: "call_\(index)", kind: .anthropic, payload: SampleText.prose(bytes: 600))
        }
        store.remember(records, tenant: SamplePolicy.tenant, now: now)
        let again = Array(records.prefix(1))
        return [
            Benchmark("Gateway.Thoughts.Recall") {
                guard let record = store.recall("call_4711", tenant: SamplePolicy.tenant, now: now) else {
                    throw UnexpectedOutcome("forgotten")
                }
                blackHole(record)
            },
            Benchmark("Gateway.Thoughts.Miss") {
                blackHole(store.recall("call_none", tenant: SamplePolicy.tenant, now: now))
            },
            Benchmark("Gateway.Thoughts.Remember") { store.remember(again, tenant: SamplePolicy.tenant, now: now) },
        ]
    }
}
