import Storage

// Absent values are bound as the empty text or -1 and made null by the database. PostgreSQL's statements hold a null as
// part of their text, so each combination of absent values would be a statement of its own, to be parsed and planned.

extension LedgerBatch {
    /// Inserts rows that are not there, and yields the ids of those.
    static func rows(_ records: ArraySlice<UsageRecord>) -> SQLStatement {
        var statement: SQLStatement = """
            INSERT INTO usage (id, time, tenant, user_id, key_id, end_user, session, module, endpoint, client_model,
            provider, upstream_model, attempts, prompt_tokens, cached_tokens, cache_write_tokens, completion_tokens,
            reasoning_tokens, cost_nanodollars, price_version, saved_nanodollars, estimated, cache, status, error,
            first_token_ms, total_ms, stream)
            SELECT column1, column2, column3, NULLIF(column4, ''), NULLIF(column5, ''), NULLIF(column6, ''),
            NULLIF(column7, ''), NULLIF(column8, ''), column9, column10, NULLIF(column11, ''), NULLIF(column12, ''),
            column13, column14, column15, column16, column17, column18, NULLIF(column19, -1), NULLIF(column20, ''),
            column21, column22, column23, column24, NULLIF(column25, ''), NULLIF(column26, -1), column27, column28
            FROM (VALUES\u{20}
            """
        append(records.map(values), to: &statement)
        // SQLite would take ON for the beginning of a join's condition, were there no WHERE.
        statement.append(") AS rows WHERE 1 = 1 ON CONFLICT (id) DO NOTHING RETURNING id")
        return statement
    }

    /// Of two attempts with one number the first is kept.
    static func attempts(_ rows: ArraySlice<[SQLValue]>) -> SQLStatement {
        var statement: SQLStatement = """
            INSERT INTO attempts (usage_id, number, provider, model, outcome, status, latency_ms, prompt_tokens,
            completion_tokens, cost_nanodollars)
            SELECT column1, column2, column3, column4, column5, NULLIF(column6, -1), column7, column8, column9,
            NULLIF(column10, -1) FROM (VALUES\u{20}
            """
        append(rows, to: &statement)
        statement.append(") AS rows WHERE 1 = 1 ON CONFLICT (usage_id, number) DO NOTHING")
        return statement
    }

    static func attempts(_ record: UsageRecord) -> [[SQLValue]] {
        record.attempts.map { attempt in
            [
                record.id.sqlValue, bounded(attempt.number, Bounds.small), text(attempt.provider), text(attempt.model),
                text(attempt.outcome), bounded(attempt.status, Bounds.small),
                bounded(attempt.latencyMilliseconds, Bounds.milliseconds),
                bounded(attempt.promptTokens, Bounds.tokens), bounded(attempt.completionTokens, Bounds.tokens),
                bounded(attempt.costNanodollars, Bounds.cost),
            ]
        }
    }

    static func log(_ log: PromptLog, of record: UsageRecord) -> SQLStatement {
        """
        INSERT INTO request_log (usage_id, time, prompt, answer)
        VALUES (\(record.id), \(time(record)), \(log.prompt), \(log.answer)) ON CONFLICT (usage_id) DO NOTHING
        """
    }

    private static func values(_ record: UsageRecord) -> [SQLValue] {
        [
            record.id.sqlValue, time(record), text(record.tenant), text(record.user), text(record.key),
            text(record.endUser), text(record.session), text(record.module), text(record.endpoint),
            text(record.clientModel), text(record.provider), text(record.upstreamModel),
            bounded(record.attemptCount, Bounds.small), bounded(record.promptTokens, Bounds.tokens),
            bounded(record.cachedTokens, Bounds.tokens), bounded(record.cacheWriteTokens, Bounds.tokens),
            bounded(record.completionTokens, Bounds.tokens), bounded(record.reasoningTokens, Bounds.tokens),
            bounded(record.costNanodollars, Bounds.cost), text(record.priceVersion),
            bounded(record.savedNanodollars, Bounds.cost), record.isEstimated.sqlValue,
            record.cache.rawValue.sqlValue, bounded(record.status, Bounds.small), text(record.error),
            bounded(record.firstTokenMilliseconds, Bounds.milliseconds),
            bounded(record.totalMilliseconds, Bounds.milliseconds), record.isStream.sqlValue,
        ]
    }

    private static func append(_ rows: some Collection<[SQLValue]>, to statement: inout SQLStatement) {
        var isFirst = true
        for row in rows {
            statement.append(isFirst ? "(\(list: row))" : ", (\(list: row))")
            isFirst = false
        }
    }
}

extension LedgerBatch {
    /// What no honest number reaches. A provider may state anything, and one absurd number must neither spoil the sums
    /// of a day nor, by overflowing them, keep the whole ledger from being written.
    private enum Bounds {
        static let small = 1_000_000
        /// A thousand million.
        static let tokens = 1_000_000_000
        /// A hundred thousand dollars for one request.
        static let cost = 100_000_000_000_000
        /// Eleven days.
        static let milliseconds = 1_000_000_000
        /// The year 9999, the last one that exports can write.
        static let time = 253_402_300_799_999
    }

    private static func time(_ record: UsageRecord) -> SQLValue { bounded(record.time.milliseconds, Bounds.time) }

    private static func bounded(_ value: Int, _ largest: Int) -> SQLValue {
        .integer(Int64(min(max(0, value), largest)))
    }

    private static func bounded(_ value: Int?, _ largest: Int) -> SQLValue {
        value.map { bounded($0, largest) } ?? .integer(-1)
    }

    /// PostgreSQL stores no NUL in texts and no long texts in keys. Clients choose some of these, and no text of theirs
    /// may keep the ledger from being written.
    private static func text(_ text: String) -> SQLValue {
        let length = BoundedText.length(text)
        if length == text.utf8.count, !text.utf8.contains(0) { return .text(text) }
        return .text(String(decoding: text.utf8.prefix(length).filter { $0 != 0 }, as: UTF8.self))
    }

    private static func text(_ text: String?) -> SQLValue {
        self.text(text ?? "")
    }
}
