/// What rollups add up: each a column of every rollup table, and an expression over the rows of `usage`.
///
/// Rows hold no negative numbers and none large enough to overflow a period's sum; the applier sees to that.
enum RollupCounter: CaseIterable {
    case requests, errors
    case promptTokens, cachedTokens, cacheWriteTokens, completionTokens, reasoningTokens
    case cost, unpriced, saved
    case cacheHits, estimated, streams
    case totalMilliseconds, firstTokenMilliseconds, firstTokens

    var column: StaticString {
        switch self {
        case .requests: "requests"
        case .errors: "errors"
        case .promptTokens: "prompt_tokens"
        case .cachedTokens: "cached_tokens"
        case .cacheWriteTokens: "cache_write_tokens"
        case .completionTokens: "completion_tokens"
        case .reasoningTokens: "reasoning_tokens"
        case .cost: "cost_nanodollars"
        case .unpriced: "unpriced"
        case .saved: "saved_nanodollars"
        case .cacheHits: "cache_hits"
        case .estimated: "estimated"
        case .streams: "streams"
        case .totalMilliseconds: "total_ms"
        case .firstTokenMilliseconds: "first_token_ms"
        case .firstTokens: "first_tokens"
        }
    }

    /// Over `usage`, for one period.
    var expression: StaticString {
        switch self {
        case .requests: "COUNT(*)"
        case .errors: "COUNT(CASE WHEN error IS NOT NULL OR status >= 400 THEN 1 END)"
        case .promptTokens: "SUM(prompt_tokens)"
        case .cachedTokens: "SUM(cached_tokens)"
        case .cacheWriteTokens: "SUM(cache_write_tokens)"
        case .completionTokens: "SUM(completion_tokens)"
        case .reasoningTokens: "SUM(reasoning_tokens)"
        case .cost: "SUM(COALESCE(cost_nanodollars, 0))"
        case .unpriced: "COUNT(CASE WHEN cost_nanodollars IS NULL THEN 1 END)"
        case .saved: "SUM(saved_nanodollars)"
        case .cacheHits: "COUNT(CASE WHEN cache IN ('hit', 'coalesced') THEN 1 END)"
        case .estimated: "SUM(estimated)"
        case .streams: "SUM(stream)"
        case .totalMilliseconds: "SUM(total_ms)"
        case .firstTokenMilliseconds: "SUM(COALESCE(first_token_ms, 0))"
        case .firstTokens: "COUNT(first_token_ms)"
        }
    }
}
