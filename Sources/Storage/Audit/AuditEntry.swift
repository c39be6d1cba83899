/// One change, as it is recorded.
///
/// ``before`` and ``after`` are JSON texts made for this purpose from members that are named one by one, never a
/// stored row as it is: hashes of secrets stay out, and a credential appears masked or not at all.
package struct AuditEntry: Sendable, Hashable {
    /// The chain of what concerns the installation as a whole.
    package static let installation = ""

    /// When the change was made.
    package let time: Timestamp
    /// Whose chain the entry belongs to; ``installation`` for none.
    package let tenant: String
    package let actor: AuditActor
    /// Kind of thing and verb, such as `key.create`.
    package let action: String
    package let target: AuditTarget
    /// The thing before the change; nil when it did not exist.
    package let before: String?
    /// The thing after the change; nil when it is gone.
    package let after: String?

    /// - Parameters:
    ///   - before: JSON without secrets; more than 64 KiB are replaced by a note of their length.
    ///   - after: like `before`.
    package init(
        time: Timestamp, tenant: String = installation, actor: AuditActor, action: String, target: AuditTarget,
        before: String? = nil, after: String? = nil
    ) {
        self.time = time
        self.tenant = AuditText.clean(tenant)
        self.actor = actor
        self.action = AuditText.clean(action)
        self.target = target
        self.before = AuditText.detail(before)
        self.after = AuditText.detail(after)
    }

    /// From a stored row, as it is: cleaning it could hide a change.
    init(_ row: SQLRow) throws(StorageError) {
        time = try row.time("time")
        tenant = try row.text("tenant")
        actor = AuditActor(
            stored: try row.text("actor_kind"), id: try row.text("actor_id"), source: try row.text("source"))
        action = try row.text("action")
        target = AuditTarget(storedKind: try row.text("target_kind"), id: try row.text("target_id"))
        before = try row.optionalText("before_json")
        after = try row.optionalText("after_json")
    }
}

extension AuditActor {
    fileprivate init(stored kind: String, id: String, source: String) {
        self.kind = Kind(rawValue: kind)
        self.id = id
        self.source = source
    }
}

extension AuditTarget {
    fileprivate init(storedKind kind: String, id: String) {
        self.kind = kind
        self.id = id
    }
}

/// Makes the entry for a change of one row: called inside the transaction with the row before (nil: created) and
/// after (nil: gone).
package typealias AuditNote<Row> = @Sendable (_ before: Row?, _ after: Row?) -> AuditEntry
