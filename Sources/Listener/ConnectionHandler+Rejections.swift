import Dialects
import Gateway
import Logging
import NIOCore
import NIOHTTP1

/// Answers given before a request reached its handler, after which the connection closes.
extension ConnectionHandler {
    func rejectTooLarge(_ request: RequestInProgress) {
        reject(
            request,
            WireError(
                status: 413, type: "invalid_request_error", code: "request_too_large",
                message: "The request body is larger than the limit of \(configuration.bodyLimit) bytes."))
    }

    func reject(_ request: RequestInProgress?, _ error: WireError) {
        queue.removeAll()
        closeAfterResponse = true
        let body = error.encoded()
        let isHead = request?.head.method == .HEAD
        writeWhole(
            status: HTTPResponseStatus(statusCode: error.status), headers: ["content-type": "application/json"],
            body: isHead ? [] : body, length: body.count)
        releaseBodies()
        closeWhenWritten(swallowing: true)
    }

    /// What the parser refuses has no request to belong to; the client still learns why.
    func rejectUnparsable(_ error: HTTPParserError) {
        switch error {
        case .closedConnection, .invalidEOFState: return close()
        default: break
        }
        switch phase {
        case .idle where queue.isEmpty, .reading where queue.isEmpty:
            requestVersion = .http1_1
            reject(nil, refusal(of: error))
        case .idle, .reading, .responding:
            // Garbage behind requests that are still to be answered: those first.
            refusedBehind = refusal(of: error)
        case .closing, .lingering, .closed: break
        }
    }

    private func refusal(of error: HTTPParserError) -> WireError {
        guard case .headerOverflow = error else {
            return .invalidRequest("This is not a well-formed HTTP/1.1 request (\(error)).")
        }
        return WireError(
            status: 431, type: "invalid_request_error", code: "headers_too_large",
            message: "The request's headers are larger than \(configuration.headerListLimit) bytes in all, "
                + "\(configuration.headerFieldLimit) bytes in one or \(configuration.headerCountLimit) in number.")
    }

    func rejectOverloaded(_ request: RequestInProgress) {
        reject(
            request,
            WireError(
                status: 503, type: "service_unavailable_error", code: "server_overloaded",
                message: "The gateway holds as many request bodies as it can; try again in a moment.",
                retryAfterMilliseconds: 1000))
    }

}
