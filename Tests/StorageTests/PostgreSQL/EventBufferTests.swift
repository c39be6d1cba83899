import Testing

@testable import Storage

@Suite struct EventBufferTests {
    @Test func whatDoesNotFitIsToldAsAGap() async {
        let (stream, continuation) = AsyncStream.makeStream(
            of: PostgreSQLEvent.self, bufferingPolicy: .bufferingOldest(2))
        var buffer = EventBuffer(continuation)
        var events = stream.makeAsyncIterator()
        func message(_ text: String) -> PostgreSQLEvent { .notification(channel: "c", payload: text) }
        buffer.add(.listening)
        for text in ["1", "2", "3"] { buffer.add(message(text)) }
        #expect(await events.next() == .listening)
        #expect(await events.next() == message("1"))
        buffer.add(message("4"))
        buffer.add(message("5"))
        #expect(await events.next() == .reconnected)
        #expect(await events.next() == message("4"))
        // The fifth was lost.
        buffer.add(.reconnected)
        buffer.add(message("6"))
        continuation.finish()
        #expect(await events.next() == .reconnected)
        #expect(await events.next() == message("6"))
        #expect(await events.next() == nil)
    }
}
