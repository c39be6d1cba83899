import Dialects
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// Turns every error of a control-plane route, also "no such route", into the envelope of the data plane.
struct ErrorEnvelope: RouterMiddleware {
    func handle(
        _ request: Request, context: ControlContext,
        next: @concurrent (Request, ControlContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch {
            let wire = wireError(error, request, context)
            return Response(
                status: HTTPResponse.Status(code: wire.status), headers: [.contentType: "application/json"],
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: wire.encoded())))
        }
    }

    private func wireError(_ error: any Error, _ request: Request, _ context: ControlContext) -> WireError {
        if let error = error as? WireError { return error }
        guard let error = error as? HTTPError else {
            context.logger.error(
                "control plane failed", metadata: ["path": "\(request.uri.path)", "error": "\(error)"])
            return WireError(
                status: 500, type: "server_error", code: "internal_error",
                message: "The request failed inside the gateway.")
        }
        if error.status == .notFound, error.body == nil {
            return WireError(
                status: 404, type: "invalid_request_error", code: "unknown_url",
                message: "Unknown request URL: \(request.method) \(request.uri.path).")
        }
        return WireError(
            status: error.status.code, type: "invalid_request_error", message: error.body ?? error.status.reasonPhrase)
    }
}
