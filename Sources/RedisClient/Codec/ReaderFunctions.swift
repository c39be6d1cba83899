import CHiredis

/// What hiredis' reader calls for each piece of a reply: all of it goes to the ``ReplyBuilder`` in the reader's
/// private data.
///
/// hiredis only asks of the returned pointers that they are not null (null makes the reader fail); it hands them
/// back to ``redisReplyObjectFunctions/freeObject``, which has nothing to free.
enum ReaderFunctions {
    /// The reader keeps the address, so the table lives as long as the process.
    // Safe: written once, here, immutable afterwards, only read by hiredis.
    nonisolated(unsafe) static let table: UnsafeMutablePointer<redisReplyObjectFunctions> = {
        let table = UnsafeMutablePointer<redisReplyObjectFunctions>.allocate(capacity: 1)
        var functions = redisReplyObjectFunctions()
        functions.createString = { task, text, count in
            guard let task, let text else { return nil }
            let bytes = UnsafeRawBufferPointer(start: text, count: count)
            return build(task) { $0.add(value(ofType: task.pointee.type, bytes), bytes: count) }
        }
        functions.createArray = { task, count in build(task) { $0.beginArray(Int(count)) } }
        functions.createInteger = { task, value in build(task) { $0.add(.integer(Int(value)), bytes: 8) } }
        functions.createNil = { task in build(task) { $0.add(.null, bytes: 0) } }
        functions.freeObject = { _ in }
        table.initialize(to: functions)
        return table
    }()

    private static func build(
        _ task: UnsafePointer<redisReadTask>?, _ body: (ReplyBuilder) -> Bool
    ) -> UnsafeMutableRawPointer? {
        guard let context = task?.pointee.privdata else { return nil }
        return body(Unmanaged<ReplyBuilder>.fromOpaque(context).takeUnretainedValue()) ? context : nil
    }

    private static func value(ofType type: Int32, _ bytes: UnsafeRawBufferPointer) -> RedisReply {
        switch type {
        case REDIS_REPLY_STATUS: .status(String(decoding: bytes, as: UTF8.self))
        case REDIS_REPLY_ERROR: .error(RedisServerError(String(decoding: bytes, as: UTF8.self)))
        default: .bulk([UInt8](bytes))
        }
    }
}
