/// What ``Outbox/durable(_:)`` needs to know of an appended record.
package struct OutboxTicket: Sendable, Hashable {
    /// The end of the record.
    let end: OutboxPosition
}
