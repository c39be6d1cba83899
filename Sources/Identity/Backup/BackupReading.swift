package import Storage

/// What the sections of a document find out while they check it.
package struct BackupReading: Sendable {
    /// Who restores, for the audit entries.
    package let actor: AuditActor
    /// When, for the audit entries.
    package let time: Timestamp
    /// Tenants that the document holds, for the sections that refer to them.
    package var tenants: Set<String> = []
    /// Sentences that name the place and what would be right; the first ``limit`` of them.
    package private(set) var problems: [String] = []
    /// Problems beyond those.
    package private(set) var unlisted = 0

    static let limit = 20

    init(actor: AuditActor, time: Timestamp) {
        self.actor = actor
        self.time = time
    }

    /// - Parameter path: such as `sections.keys[3].name`.
    package mutating func refuse(_ path: String, _ problem: String) {
        if problems.count < Self.limit { problems.append("\(path): \(problem)") } else { unlisted += 1 }
    }
}
