import NIOCore

/// One command on its way, with the caller that waits for it.
// Confined to its lane's event loop; made elsewhere and handed over before anything reads it.
final class RedisCall: @unchecked Sendable {
    typealias Outcome = Result<RedisReply, RedisFailure>
    /// Unsafe: resumed exactly once, by whoever sets ``outcome`` first. The checked form costs an allocation per call.
    typealias Waiter = UnsafeContinuation<Outcome, Never>

    enum Route {
        /// The node that serves the key; nil for any master.
        case key(String?)
        case node(RedisAddress)
    }

    let command: RedisCommand
    let route: Route
    /// Whether `ASKING` goes first.
    let asking: Bool
    let deadline: NIODeadline
    /// The node the call was given to.
    var node: RedisAddress?
    private var waiter: Waiter?
    private var outcome: Outcome?

    init(_ command: RedisCommand, route: Route, asking: Bool = false, deadline: NIODeadline) {
        self.command = command
        self.route = route
        self.asking = asking
        self.deadline = deadline
    }

    /// A call that is done keeps its place in the queue of a connection when it has been sent: its reply still comes.
    var isDone: Bool { self.outcome != nil }

    func wait(_ waiter: Waiter) {
        if let outcome { waiter.resume(returning: outcome) } else { self.waiter = waiter }
    }

    /// Only the first outcome counts.
    func finish(_ outcome: Outcome) {
        guard self.outcome == nil else { return }
        self.outcome = outcome
        self.waiter?.resume(returning: outcome)
        self.waiter = nil
    }
}
