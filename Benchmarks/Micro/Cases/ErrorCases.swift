import Dialects

/// Telling a client that something went wrong.
enum ErrorCases {
    static func all() -> [Benchmark] {
        let error = WireError.invalidRequest(
            "Invalid value for 'messages[2].content': expected a string or an array.", param: "messages[2].content",
            code: "invalid_type")
        var truncated = SampleRequests.short
        truncated.removeLast()
        return [
            Benchmark("Dialects.WireError.Body") { blackHole(error.encoded()) },
            Benchmark("Dialects.WireError.SSEFrame") { blackHole(error.sseFrame()) },
            Benchmark("Dialects.WireError.BadJSON") {
                do throws(WireError) {
                    _ = try ClientRequest(checking: truncated, endpoint: .chatCompletions)
                } catch {
                    return blackHole(error)
                }
                throw UnexpectedOutcome("broken JSON was accepted")
            },
        ]
    }
}
