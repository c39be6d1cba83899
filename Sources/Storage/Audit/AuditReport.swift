/// What a verification found.
package struct AuditReport: Sendable, Hashable {
    /// Chains that are whole.
    package var chains = 0
    /// Their rows.
    package var rows = 0
    /// nil: every chain is whole.
    package var firstBreak: AuditBreak?

    package init() {}
}
