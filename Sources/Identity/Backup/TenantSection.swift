import Storage
import WireJSON

/// Tenants, also removed ones: their ids stay taken.
struct TenantSection: BackupSection {
    let name = "tenants"

    func write(from connection: any SQLConnection, _ row: (JSONObject) -> Void) throws(StorageError) {
        try TenantRepository.forEach(on: connection) { tenant in
            row([
                "id": .string(tenant.id), "name": .string(tenant.name), "plan": .string(tenant.plan),
                "timezone": .string(tenant.timezone), "created_at": .milliseconds(tenant.createdAt),
                "removed_at": .milliseconds(tenant.removedAt),
            ])
        }
    }

    func read(_ rows: [BackupRow], _ reading: inout BackupReading) -> [BackupChange] {
        rows.compactMap { row in
            tenant(row, &reading).map { change($0, reading) }
        }
    }

    private func tenant(_ row: BackupRow, _ reading: inout BackupReading) -> TenantRecord? {
        var row = row
        let id = row.text("id", &reading)
        let name = row.text("name", &reading)
        let plan = row.text("plan", &reading)
        let timezone = row.text("timezone", &reading)
        let createdAt = row.time("created_at", &reading)
        let removedAt = row.optionalTime("removed_at", &reading)
        row.finish(&reading)
        guard let id, let name, let plan, let timezone, let createdAt else { return nil }
        reading.check(row.path) { () throws(AdministrationError) in
            guard TenantID.isValid(id) else { throw .invalid(field: "id", reason: TenantID.rule) }
            _ = try FieldRules.text(name, field: "name")
            _ = try FieldRules.text(plan, field: "plan")
            try TenantService.check(timezone: timezone)
        }
        if !reading.tenants.insert(id).inserted { reading.refuse("\(row.path).id", "\"\(id)\" is there twice") }
        var tenant = TenantRecord(id: id, name: name, plan: plan, timezone: timezone, createdAt: createdAt)
        tenant.removedAt = removedAt
        return tenant
    }

    private func change(_ tenant: TenantRecord, _ reading: BackupReading) -> BackupChange {
        let (actor, time) = (reading.actor, reading.time)
        return { connection throws(StorageError) in
            guard let restored = try TenantRepository.restore(tenant, on: connection) else { return [] }
            var entries = [AuditEntry.tenant("restore", restored.before, restored.after, by: actor, at: time)]
            for key in restored.revokedKeys {
                var before = key
                before.revokedAt = nil
                entries.append(.key("revoke", before, key, by: actor, at: time))
            }
            return entries
        }
    }
}

extension JSONValue {
    /// Exact, so that a restored row equals the one that was saved.
    static func milliseconds(_ time: Timestamp?) -> JSONValue {
        time.map { .number(JSONNumber($0.milliseconds)) } ?? .null
    }
}

extension BackupReading {
    /// Applies the rules of the admin interface.
    mutating func check(_ path: String, _ rules: () throws(AdministrationError) -> Void) {
        do throws(AdministrationError) {
            try rules()
        } catch {
            if case .invalid(let field, let reason) = error {
                refuse("\(path).\(field)", reason)
            } else {
                refuse(path, "\(error)")
            }
        }
    }
}
