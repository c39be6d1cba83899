import CHiredis
import NIOCore

/// Turns the server's bytes into replies with hiredis' reader, which also bounds how deep they nest (7 levels).
///
/// Confined to the thread of its connection.
final class ReplyReader {
    private let reader: UnsafeMutablePointer<redisReader>
    private let builder: ReplyBuilder
    private let maxBytes: Int

    /// Nil when there is no memory.
    init?(maxBytes: Int, maxElements: Int) {
        guard let reader = redisReaderCreateWithFunctions(ReaderFunctions.table) else { return nil }
        self.reader = reader
        self.maxBytes = maxBytes
        self.builder = ReplyBuilder(maxBytes: maxBytes, maxElements: maxElements)
        // The reader does not outlive this object, which keeps the builder.
        reader.pointee.privdata = Unmanaged.passUnretained(self.builder).toOpaque()
    }

    deinit {
        redisReaderFree(self.reader)
    }

    /// Adds bytes; they are copied.
    func feed(_ buffer: ByteBuffer) throws(ReplyViolation) {
        guard buffer.readableBytes > 0 else { return }
        let result = buffer.withUnsafeReadableBytes { bytes in
            redisReaderFeed(self.reader, bytes.assumingMemoryBound(to: CChar.self).baseAddress, bytes.count)
        }
        guard result == REDIS_OK else { throw self.violation }
    }

    /// The next complete reply; nil when more bytes are needed. After an error the reader is of no use any more.
    func next() throws(ReplyViolation) -> RedisReply? {
        var object: UnsafeMutableRawPointer?
        guard redisReaderGetReply(self.reader, &object) == REDIS_OK else { throw self.violation }
        if object != nil { return self.builder.take() }
        // A long text is not reported before all of it is there.
        let unread = self.reader.pointee.len - self.reader.pointee.pos
        guard unread + self.builder.bytes <= self.maxBytes else {
            throw ReplyViolation(reason: "a reply is longer than \(self.maxBytes) bytes")
        }
        return nil
    }

    private var violation: ReplyViolation {
        if let reason = self.builder.violation { return ReplyViolation(reason: reason) }
        let reason = withUnsafeBytes(of: self.reader.pointee.errstr) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        return ReplyViolation(reason: reason)
    }
}
