import WireJSON

/// n8n's errors: JSON without an envelope, or plain text where credentials are wrong.
struct N8NErrors {
    let failure: FakeFailure

    var answer: FakeAnswer {
        let status = failure.status ?? failure.kind.usualStatus
        switch failure.kind {
        case .auth, .permission:
            return .text(
                failure.message ?? (status == 401 ? "Authorization is required!" : "Authorization data is wrong!"),
                status: status, headers: [FakeHeader("www-authenticate", "Basic realm=\"Webhook\"")])
        case .notFound:
            let message = failure.message ?? "The requested webhook \"POST \(failure.model)\" is not registered."
            return .json(
                ["code": 404, "message": .string(message), "hint": "The workflow must be active."], status: status)
        case .timeout, .overloaded, .capacity:
            return .text("<html><body><h1>\(status)</h1></body></html>", status: status)
        default:
            let message = failure.message ?? (status >= 500 ? "Error in workflow" : "Bad request")
            return .json(["message": .string(message)], status: status)
        }
    }

    /// The `error` line of a streaming workflow.
    var line: [UInt8] {
        let text = failure.message ?? "The service was not able to process your request"
        var bytes = N8NWriter.line(type: "error", content: text, agent: 0, serial: failure.serial)
        bytes.append(0x0A)
        return bytes
    }
}
