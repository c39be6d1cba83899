import Storage

extension UsageRecordCodec {
    /// Reads exactly one record; throws for anything else, whatever the bytes are.
    package static func decode(_ bytes: [UInt8]) throws(UsageRecordCodecError) -> UsageRecord {
        let result: Result<UsageRecord, UsageRecordCodecError> = bytes.withUnsafeBytes { buffer in
            do throws(UsageRecordCodecError) {
                return .success(try decode(buffer))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// The same from memory that somebody else holds; nothing of it is kept.
    package static func decode(_ bytes: UnsafeRawBufferPointer) throws(UsageRecordCodecError) -> UsageRecord {
        var reader = RecordReader(bytes)
        let version = try reader.byte()
        guard version <= Self.version else { throw .newerVersion(version) }
        guard version > 0 else { throw .malformed("format 0") }
        let record = try record(&reader)
        guard reader.remaining == 0 else { throw .trailingBytes(reader.remaining) }
        return record
    }

    private static func record(_ reader: inout RecordReader) throws(UsageRecordCodecError) -> UsageRecord {
        guard let id = UUIDv7(high: try reader.word(), low: try reader.word()) else {
            throw .malformed("the id is no UUID of version 7")
        }
        let flags = Flags(rawValue: try reader.byte())
        guard flags.isSubset(of: .all) else { throw .malformed("unknown flags") }
        guard let cache = CacheState(code: try reader.byte()) else { throw .malformed("unknown cache state") }
        let time = Timestamp(milliseconds: try reader.int())
        var record = UsageRecord(id: id, time: time, tenant: "", endpoint: "", clientModel: "")
        record.isEstimated = flags.contains(.estimated)
        record.isStream = flags.contains(.stream)
        record.cache = cache
        try integers(&record, flags, &reader)
        try texts(&record, &reader)
        record.attempts = try attempts(&reader)
        if flags.contains(.log) { record.log = PromptLog(prompt: try reader.data(), answer: try reader.data()) }
        return record
    }

    private static func integers(
        _ record: inout UsageRecord, _ flags: Flags, _ reader: inout RecordReader
    ) throws(UsageRecordCodecError) {
        record.attemptCount = try reader.int()
        record.promptTokens = try reader.int()
        record.cachedTokens = try reader.int()
        record.cacheWriteTokens = try reader.int()
        record.completionTokens = try reader.int()
        record.reasoningTokens = try reader.int()
        if flags.contains(.cost) { record.costNanodollars = try reader.int() }
        record.savedNanodollars = try reader.int()
        record.status = try reader.int()
        if flags.contains(.firstToken) { record.firstTokenMilliseconds = try reader.int() }
        record.totalMilliseconds = try reader.int()
    }

    private static func texts(
        _ record: inout UsageRecord, _ reader: inout RecordReader
    ) throws(UsageRecordCodecError) {
        record.tenant = try reader.text("tenant")
        record.user = try reader.optionalText("user")
        record.key = try reader.optionalText("key")
        record.endUser = try reader.optionalText("end user")
        record.session = try reader.optionalText("session")
        record.module = try reader.optionalText("module")
        record.endpoint = try reader.text("endpoint")
        record.clientModel = try reader.text("client model")
        record.provider = try reader.optionalText("provider")
        record.upstreamModel = try reader.optionalText("upstream model")
        record.priceVersion = try reader.optionalText("price version")
        record.error = try reader.optionalText("error")
    }

    private static func attempts(_ reader: inout RecordReader) throws(UsageRecordCodecError) -> [AttemptRecord] {
        let count = try reader.unsigned()
        guard count <= UInt64(maximumAttempts) else { throw .malformed("more than \(maximumAttempts) attempts") }
        var attempts: [AttemptRecord] = []
        for _ in 0..<count { attempts.append(try attempt(&reader)) }
        return attempts
    }

    private static func attempt(_ reader: inout RecordReader) throws(UsageRecordCodecError) -> AttemptRecord {
        let flags = AttemptFlags(rawValue: try reader.byte())
        guard flags.isSubset(of: .all) else { throw .malformed("unknown flags of an attempt") }
        return AttemptRecord(
            number: try reader.int(), provider: try reader.text("provider"), model: try reader.text("model"),
            outcome: try reader.text("outcome"), status: flags.contains(.status) ? try reader.int() : nil,
            latencyMilliseconds: try reader.int(), promptTokens: try reader.int(),
            completionTokens: try reader.int(), costNanodollars: flags.contains(.cost) ? try reader.int() : nil)
    }
}
