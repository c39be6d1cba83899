/// What a change is about.
package struct AuditTarget: Sendable, Hashable {
    /// Such as `tenant` or `key`.
    package let kind: String
    /// Whatever names the thing within its kind; never a secret.
    package let id: String

    /// Control characters are replaced and long texts cut.
    package init(kind: String, id: String) {
        self.kind = AuditText.clean(kind)
        self.id = AuditText.clean(id)
    }
}
