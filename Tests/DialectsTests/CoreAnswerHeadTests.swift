import Dialects
import Testing

@Suite struct CoreAnswerHeadTests {
    private let head = AnswerHead(
        status: 200,
        rawHeaders: Array(
            "Content-Type: Text/Event-Stream; charset=utf-8\r\nX-A:1\r\nx-empty:\r\nRetry-After: \t 5 \r\nx-a: 2\r\n"
                .utf8))

    @Test func findsTheFirstInAnyCase() {
        #expect(head.header("x-a") == "1")
        #expect(head.header("retry-after") == "5")
        #expect(head.header("x-empty") == "")
        #expect(head.header("x") == nil)
        #expect(head.header("retry-after-ms") == nil)
        #expect(head.contentType == "text/event-stream")
    }

    @Test func toleratesOddHeaders() {
        #expect(AnswerHead(status: 200).header("x-a") == nil)
        #expect(AnswerHead(status: 200).contentType == nil)
        #expect(AnswerHead(status: 200, rawHeaders: Array("x-a: 1".utf8)).header("x-a") == "1")
        #expect(AnswerHead(status: 200, rawHeaders: Array("\r\n:\r\nx-a\r\nx-a: é\n".utf8)).header("x-a") == "é")
        #expect(AnswerHead.of(200, [("content-type", "; charset=x")]).contentType == nil)
        #expect(AnswerHead.of(200, [("content-type", "application/json")]).contentType == "application/json")
    }
}
