import Crypto
package import Storage
import WireJSON

/// Writes what people configured at run time into a document, and puts it back.
///
/// A restore adds and changes what the document holds and leaves everything else alone. It brings no dead secret back
/// to life: what was revoked or removed since stays so, and a key's newer secret stays. Doing it twice is the same as
/// doing it once. A server that runs on the database takes over the result within its polling interval.
package struct BackupService: Sendable {
    private let database: any SQLDatabase
    private let masterKeyCheck: [UInt8]
    private let actor: AuditActor
    private let clock: WallClock
    private let sections: [any BackupSection]

    /// `more` are the sections of other parts of the program; they come after tenants and keys.
    package init(
        database: any SQLDatabase, masterKey: MasterKey, actor: AuditActor, more: [any BackupSection] = [],
        clock: @escaping WallClock = Timestamp.now
    ) {
        self.database = database
        masterKeyCheck = masterKey.derive(.check)
        self.actor = actor
        self.clock = clock
        sections = [TenantSection(), KeySection(hasher: APIKeyHasher(masterKey))] + more
    }

    /// The document, of one moment. It holds hashes and names: keep it as private as the database.
    package func export() async throws(BackupError) -> (document: [UInt8], summary: BackupSummary) {
        let (sections, head) = (
            self.sections, BackupDocument.head(createdAt: clock(), masterKeyCheck: masterKeyCheck)
        )
        return try await storingBackup { () throws(StorageError) in
            try await database.read { connection throws(StorageError) in
                var output = head
                var summary = BackupSummary(sections: [])
                for section in sections {
                    BackupDocument.begin(section.name, isFirst: summary.sections.isEmpty, &output)
                    var rows = 0
                    try section.write(from: connection) { row in
                        BackupDocument.append(row, isFirst: rows == 0, &output)
                        rows += 1
                    }
                    output.append(UInt8(ascii: "]"))
                    summary.sections.append(BackupSummary.Section(name: section.name, rows: rows, changed: 0))
                }
                BackupDocument.end(&output)
                return (output, summary)
            }
        }
    }

    /// Checks the whole document, then puts it in place in one transaction, with an audit row for every change and one
    /// for the restore itself, if it changes anything.
    package func restore(_ document: [UInt8]) async throws(BackupError) -> BackupSummary {
        let rows = try BackupDocument.read(document, sections: sections.map(\.name), masterKeyCheck: masterKeyCheck)
        var reading = BackupReading(actor: actor, time: clock())
        var plan: [(section: String, changes: [BackupChange])] = []
        for section in sections {
            plan.append((section.name, section.read(rows[section.name] ?? [], &reading)))
        }
        guard reading.problems.isEmpty else {
            throw .invalid(problems: reading.problems, unlisted: reading.unlisted)
        }
        let digest = Hexadecimal.encode(Array(SHA256.hash(data: document)))
        let (actor, time, changes) = (reading.actor, reading.time, plan)
        return try await storingBackup { () throws(StorageError) in
            try await database.write { connection throws(StorageError) in
                var entries: [AuditEntry] = []
                var summary = BackupSummary(sections: [])
                for (name, changes) in changes {
                    let before = entries.count
                    for change in changes { entries += try change(connection) }
                    summary.sections.append(
                        BackupSummary.Section(name: name, rows: changes.count, changed: entries.count - before))
                }
                if !entries.isEmpty {
                    entries.append(Self.entry(summary, digest: digest, by: actor, at: time))
                    try AuditTrail.append(entries, to: connection)
                }
                return summary
            }
        }
    }

    private static func entry(
        _ summary: BackupSummary, digest: String, by actor: AuditActor, at time: Timestamp
    ) -> AuditEntry {
        var after: JSONObject = ["sha256": .string(digest)]
        for section in summary.sections { after.append(section.name, .number(JSONNumber(section.changed))) }
        return AuditEntry(
            time: time, actor: actor, action: "backup.restore", target: AuditTarget(kind: "backup", id: digest),
            after: JSONValue.object(after).text)
    }

    private func storingBackup<Value>(
        _ body: () async throws(StorageError) -> Value
    ) async throws(BackupError) -> Value {
        do throws(StorageError) {
            return try await body()
        } catch {
            throw .storage(error)
        }
    }
}
