/// What a call sends.
enum RedisCommand: Sendable {
    case arguments([RedisArgument])
    /// `EVALSHA`, or `EVAL` with the whole source.
    case script(RedisScript, keys: [String], arguments: [RedisArgument], bySource: Bool)
}
