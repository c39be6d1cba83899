/// The API's `finishReason` values (contracts, section 3.1), sorted by what they mean for us.
enum GeminiFinish {
    case stop
    case length
    case contentFilter
    /// A normal end if there is something to show, else a failed attempt. Unknown values count as such.
    case stopWithContent
    case unexpectedToolCall
    case failed

    init(_ reason: String) {
        switch reason {
        case "STOP", "FINISH_REASON_UNSPECIFIED": self = .stop
        case "MAX_TOKENS": self = .length
        case "SAFETY", "RECITATION", "LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "IMAGE_SAFETY",
            "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION":
            self = .contentFilter
        case "MALFORMED_FUNCTION_CALL", "MALFORMED_RESPONSE", "MISSING_THOUGHT_SIGNATURE", "IMAGE_OTHER", "NO_IMAGE":
            self = .failed
        case "UNEXPECTED_TOOL_CALL": self = .unexpectedToolCall
        default: self = .stopWithContent
        }
    }
}
