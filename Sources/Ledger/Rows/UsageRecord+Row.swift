import Storage

extension UsageRecord {
    /// From a row of `usage`, without attempts and log.
    init(_ row: SQLRow) throws(StorageError) {
        guard let id = UUIDv7(bytes: try row.bytes("id")) else {
            throw .corrupt("column \"id\" holds no UUID of version 7")
        }
        guard let cache = CacheState(rawValue: try row.text("cache")) else {
            throw .corrupt("column \"cache\" holds no known state")
        }
        self.init(
            id: id, time: try row.time("time"), tenant: try row.text("tenant"), endpoint: try row.text("endpoint"),
            clientModel: try row.text("client_model"))
        self.cache = cache
        user = try row.optionalText("user_id")
        key = try row.optionalText("key_id")
        endUser = try row.optionalText("end_user")
        session = try row.optionalText("session")
        module = try row.optionalText("module")
        provider = try row.optionalText("provider")
        upstreamModel = try row.optionalText("upstream_model")
        attemptCount = try row.int("attempts")
        promptTokens = try row.int("prompt_tokens")
        cachedTokens = try row.int("cached_tokens")
        cacheWriteTokens = try row.int("cache_write_tokens")
        completionTokens = try row.int("completion_tokens")
        reasoningTokens = try row.int("reasoning_tokens")
        costNanodollars = try row.optionalInt("cost_nanodollars")
        priceVersion = try row.optionalText("price_version")
        savedNanodollars = try row.int("saved_nanodollars")
        isEstimated = try row.bool("estimated")
        status = try row.int("status")
        error = try row.optionalText("error")
        firstTokenMilliseconds = try row.optionalInt("first_token_ms")
        totalMilliseconds = try row.int("total_ms")
        isStream = try row.bool("stream")
    }
}

extension AttemptRecord {
    /// From a row of `attempts`.
    init(_ row: SQLRow) throws(StorageError) {
        self.init(
            number: try row.int("number"), provider: try row.text("provider"), model: try row.text("model"),
            outcome: try row.text("outcome"), status: try row.optionalInt("status"),
            latencyMilliseconds: try row.int("latency_ms"), promptTokens: try row.int("prompt_tokens"),
            completionTokens: try row.int("completion_tokens"),
            costNanodollars: try row.optionalInt("cost_nanodollars"))
    }
}
