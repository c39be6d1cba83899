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

    package init(router: Router<ControlContext>, logger: Logger) {
        self.responder = router.buildResponder()
        self.logger = logger
    }

    package func handle(_ request: InboundRequest, _ response: any ResponseWriter) async {
        do {
            let answer = try await self.response(to: request)
            try await write(answer, head: request.method == .HEAD, to: response)
        } catch is ClientGone {
            return
        } catch {
            let wire = wireError(error, request)
            response.respond(
                status: HTTPResponseStatus(statusCode: wire.status), headers: ["content-type": "application/json"],
                body: wire.encoded())
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
        var headers = HTTPHeaders()
        for field in answer.headers where field.name != .contentLength || answer.body.contentLength == nil {
            headers.add(name: field.name.rawName, value: field.value)
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

    private func wireError(_ error: any Error, _ request: InboundRequest) -> WireError {
        if let error = error as? WireError { return error }
        guard let error = error as? HTTPError else {
            logger.error("control plane failed", metadata: ["path": "\(request.path)", "error": "\(error)"])
            return WireError(
                status: 500, type: "server_error", code: "internal_error", message: "The request failed inside the gateway.")
        }
        let isUnknown = error.status == .notFound && error.body == nil
        return WireError(
            status: error.status.code, type: "invalid_request_error", code: isUnknown ? "unknown_url" : nil,
            message: error.body ?? (isUnknown ? "Unknown request URL: \(request.method) \(request.path)." : error.status.reasonPhrase))
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
