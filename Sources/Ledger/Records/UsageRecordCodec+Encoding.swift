import Storage

extension UsageRecordCodec {
    /// Appends `record` to `bytes`; keep the array and empty it between records, and nothing is allocated.
    package static func encode(_ record: UsageRecord, into bytes: inout [UInt8]) {
        var writer = RecordWriter(continuing: exchange(&bytes, with: []))
        encode(record, &writer)
        bytes = writer.finish()
    }

    private static func encode(_ record: UsageRecord, _ writer: inout RecordWriter) {
        writer.byte(version)
        writer.word(record.id.high)
        writer.word(record.id.low)
        writer.byte(flags(record).rawValue)
        writer.byte(record.cache.code)
        integers(record, &writer)
        texts(record, &writer)
        let attempts = record.attempts.prefix(maximumAttempts)
        writer.unsigned(UInt64(attempts.count))
        for attempt in attempts { encode(attempt, &writer) }
        if let log = record.log {
            writer.data(log.prompt, limit: PromptLog.maximumBytes)
            writer.data(log.answer, limit: PromptLog.maximumBytes)
        }
    }

    private static func flags(_ record: UsageRecord) -> Flags {
        var flags: Flags = []
        if record.isEstimated { flags.insert(.estimated) }
        if record.isStream { flags.insert(.stream) }
        if record.costNanodollars != nil { flags.insert(.cost) }
        if record.firstTokenMilliseconds != nil { flags.insert(.firstToken) }
        if record.log != nil { flags.insert(.log) }
        return flags
    }

    private static func integers(_ record: UsageRecord, _ writer: inout RecordWriter) {
        writer.int(record.time.milliseconds)
        writer.int(record.attemptCount)
        writer.int(record.promptTokens)
        writer.int(record.cachedTokens)
        writer.int(record.cacheWriteTokens)
        writer.int(record.completionTokens)
        writer.int(record.reasoningTokens)
        if let cost = record.costNanodollars { writer.int(cost) }
        writer.int(record.savedNanodollars)
        writer.int(record.status)
        if let firstToken = record.firstTokenMilliseconds { writer.int(firstToken) }
        writer.int(record.totalMilliseconds)
    }

    private static func texts(_ record: UsageRecord, _ writer: inout RecordWriter) {
        writer.text(record.tenant)
        writer.optionalText(record.user)
        writer.optionalText(record.key)
        writer.optionalText(record.endUser)
        writer.optionalText(record.session)
        writer.optionalText(record.module)
        writer.text(record.endpoint)
        writer.text(record.clientModel)
        writer.optionalText(record.provider)
        writer.optionalText(record.upstreamModel)
        writer.optionalText(record.priceVersion)
        writer.optionalText(record.error)
    }

    private static func encode(_ attempt: AttemptRecord, _ writer: inout RecordWriter) {
        var flags: AttemptFlags = []
        if attempt.status != nil { flags.insert(.status) }
        if attempt.costNanodollars != nil { flags.insert(.cost) }
        writer.byte(flags.rawValue)
        writer.int(attempt.number)
        writer.text(attempt.provider)
        writer.text(attempt.model)
        writer.text(attempt.outcome)
        if let status = attempt.status { writer.int(status) }
        writer.int(attempt.latencyMilliseconds)
        writer.int(attempt.promptTokens)
        writer.int(attempt.completionTokens)
        if let cost = attempt.costNanodollars { writer.int(cost) }
    }
}
