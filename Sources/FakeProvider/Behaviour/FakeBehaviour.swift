/// What a request's spec asks for; everything unset means the normal answer.
///
/// ## The grammar
///
/// A spec is a list of items, `name` or `name=value`. It is read from four places; a later place overrides
/// an earlier one item by item:
///
/// 1. ``FakeProviderOptions/defaultSpec``;
/// 2. a first path segment such as `/fake-late-200ms/v1/chat/completions` (so a whole base URL can misbehave),
///    and for n8n any segment after `/webhook/`;
/// 3. the model name from `fake-` on: `fake-cut-3`, `gpt-4o-fake-late-200ms-cut-2`, `vendor/fake-status-429:free`.
///    Items and values are joined by `-`. A name whose first word is no item, such as `fake-model`, is an ordinary model;
/// 4. the header `x-fake: cut=3; late=500ms`, items joined by `;`, values percent-decoded.
///
/// Durations are `250us`, `500ms`, `2s`, `1m` or plain milliseconds; counts take `k` and `M` (1024s).
/// An unknown item or a bad value is answered with a 400 that names it.
///
/// | item | effect |
/// |---|---|
/// | `status=N` | that status; from 300 on with the dialect's error body |
/// | `error=KIND` | the dialect's error of a ``FakeErrorKind``; with `status` under another status, also 200 |
/// | `retry=D` | the wait the error announces; `message=T` its text |
/// | `body=T` `header=NAME:VALUE` `type=T` | exact body, one more or replaced header, content type (`html text json sse ndjson none` or any) |
/// | `as=DIALECT` | answer in this ``FakeDialect`` |
/// | `mode=M` | n8n response mode, see ``N8NMode`` |
/// | `case=NAME` | a recording from ``FakeProviderOptions/recordings`` |
/// | `every=N` `first=N` `id=T` | the spec counts only for each Nth, or the first N requests that carry this very spec; `id` tells equal specs apart |
/// | `late=D` | before the head of the answer; `ttft=D` after the head, before the first chunk; `gap=D` between chunks |
/// | `chunks=N` `size=N` | N content chunks of so many bytes; `stamp`: each starts with `@` and the monotonic clock in 16 digits |
/// | `drip=N` | the body in sends of N bytes whatever its frames, `gap` apart (10 ms unless given) |
/// | `huge=N` | an answer text of N bytes |
/// | `pings=N` | so many pings or comments before the first chunk |
/// | `refuse` `reset` `silent` | close, reset, or say nothing at all; `reset` beside `cut` resets there |
/// | `cut=N` `stall=N` | close, or go silent, after N content chunks (`head`: after the head); a whole body is cut in its middle |
/// | `malformed=N` `badframe=N` | after N content chunks: broken JSON; a broken HTTP chunk |
/// | `fail=N` | after N content chunks an error event of kind `error` (`overloaded` unless given) |
/// | `noend` `nodone` | without finish reason and end marker; without the end marker only |
/// | `whole` `sse` `empty` | whole JSON to a stream request; a stream nobody asked for; status 200 and no body |
/// | `nolength` `close` | body ended by the connection; close after the answer |
/// | `in=N` `out=N` `cached=N` `usage=none\|empty\|repeated` | the usage numbers; where the usage goes |
/// | `thinking=N` | N thoughts before the answer, in the dialect's way |
/// | `finish=R` `refusal` `text=T` `call=NAME` | finish reason (`stop length tool_calls content_filter`), a refusal, exact text, a call of this tool |
struct FakeBehaviour: Sendable, Hashable {
    /// Where the usage numbers of a stream go.
    enum UsageForm: String, Sendable, Hashable {
        case omitted = "none"
        /// In a chunk with `choices: []`.
        case empty
        /// In a chunk that repeats the choice and its finish reason (OpenRouter).
        case repeated
    }

    var status: Int?
    var error: FakeErrorKind?
    var retry: Int?
    var message: String?
    var body: String?
    var headers: [FakeHeader] = []
    var type: String?
    var dialect: FakeDialect?
    var mode: N8NMode?
    var recording: String?

    var every: Int?
    var first: Int?
    var label: String?

    // Durations in microseconds.
    var late: Int?
    var ttft: Int?
    var gap: Int?
    var chunks: Int?
    var size: Int?
    var drip: Int?
    var huge: Int?
    var pings: Int?
    var stamp = false

    var refuse = false
    var reset = false
    var silent = false
    /// Content chunks before the end; -1 stands for `head`.
    var cut: Int?
    var stall: Int?
    var malformed: Int?
    var badframe: Int?
    var fail: Int?
    var noend = false
    var nodone = false
    var whole = false
    var sse = false
    var empty = false
    var nolength = false
    var close = false

    var promptTokens: Int?
    var completionTokens: Int?
    var cachedTokens: Int?
    var usage: UsageForm?
    var thinking: Int?
    var finish: Reply.Finish?
    var refusal = false
    var text: String?
    var call: String?

    /// Whether the answer as a whole is replaced by an error or by an exact body.
    var replacesAnswer: Bool {
        body != nil || (fail == nil && (error != nil || (status ?? 0) >= 300))
    }
}
