import Dialects
package import Gateway
import HTTPTypes
package import Hummingbird
package import Logging
import NIOCore
import NIOHTTP1

/// The control plane: Hummingbird's router behind the listener's connection handling.
///
/// The listener hands over whole requests, so the router is called directly. Going through Hummingbird's own
/// channel setup would mean a second set of disconnect, limit and drain rules on the same port.
package struct ControlPlane: RequestHandler {
    private let responder: RouterResponder<ControlContext>
    private let logger: Logger

    /// - Parameter router: from ``makeRouter()``, with its routes.
    package init(router: Router<ControlContext>, logger: Logger) {
        self.responder = router.buildResponder()
        self.logger = logger
    }

    /// A router whose errors are envelopes. Hummingbird applies a middleware to the routes added after it.
    package static func makeRouter() -> Router<ControlContext> {
        let router = Router(context: ControlContext.self)
        router.add(middleware: ErrorEnvelope())
        return router
    }

    package func handle(_ request: InboundRequest, _ response: any ResponseWriter) async {
        do {
            let answer = try await self.response(to: request)
            try await write(answer, head: request.method == .HEAD, to: response)
        } catch is ClientGone {
            return
        } catch {
            // Only a body that failed on its way gets here: errors of routes are answers (``ErrorEnvelope``).
            logger.error("control plane failed", metadata: ["path": "\(request.path)", "error": "\(error)"])
            response.abort()
        }
    }

    private func response(to request: InboundRequest) async throws -> Response {
        var fields = HTTPFields()
        for (name, value) in request.headers {
            if let name = HTTPField.Name(name) { fields.append(HTTPField(name: name, value: value)) }
        }
        // Routes are written for GET; the writer leaves out the body of a HEAD.
        let method: HTTPRequest.Method =
            request.method == .HEAD ? .get : HTTPRequest.Method(request.method.rawValue) ?? .get
        let head = HTTPRequest(method: method, scheme: "http", authority: nil, path: request.uri, headerFields: fields)
        return try await responder.respond(
            to: Request(head: head, body: RequestBody(buffer: ByteBuffer(bytes: request.body))),
            context: ControlContext(source: ControlContext.Source(logger: logger)))
    }

    private func write(_ answer: Response, head: Bool, to response: any ResponseWriter) async throws {
        var headers = HeaderBlock()
        for field in answer.headers where field.name != .contentLength || answer.body.contentLength == nil {
            headers.add(field.name.rawName, field.value)
        }
        let status = HTTPResponseStatus(statusCode: answer.status.code)
        if answer.body.contentLength != nil {
            let collector = BodyCollector()
            try await answer.body.write(collector)
            response.respond(status: status, headers: headers, body: collector.bytes)
        } else {
            response.begin(status: status, headers: headers)
            if !head { try await answer.body.write(StreamedBodyWriter(response: response)) }
            response.finish()
        }
    }
}

/// Collects a body of known length, to be sent with its head in one write.
///
/// `@unchecked Sendable`: lives within one task, confined to it.
private final class BodyCollector: ResponseBodyWriter, @unchecked Sendable {
    var bytes: [UInt8] = []

    func write(_ buffer: ByteBuffer) async throws {
        bytes.append(contentsOf: buffer.readableBytesView)
    }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}

/// Passes a body on as it comes, at the client's pace.
private struct StreamedBodyWriter: ResponseBodyWriter {
    let response: any ResponseWriter

    func write(_ buffer: ByteBuffer) async throws {
        response.send(Array(buffer.readableBytesView))
        if response.isBackedUp { try await response.drained() }
    }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
