import Crypto
import Storage

/// What somebody with write access to the tables can do.
extension AuditBench {
    /// Moves rows to other numbers, one by one so that none meets another.
    func shift(from first: Int, by distance: Int) async throws {
        let rows = try await query("SELECT sequence FROM audit WHERE tenant = 'acme' AND sequence >= \(first)")
        let numbers = try rows.map { try $0.int("sequence") }.sorted()
        for number in distance > 0 ? numbers.reversed() : numbers {
            try await execute(
                "UPDATE audit SET sequence = \(number + distance) WHERE tenant = 'acme' AND sequence = \(number)")
        }
    }

    private static var forgery: AuditEntry { .sample("key.create", time: 1234, actor: "eve", target: "stolen") }

    func insertForgery(at sequence: Int, hash: [UInt8]) async throws {
        let previous = try await previousHash(sequence)
        try await insert(Self.forgery, at: sequence, previous: previous, hash: hash)
    }

    /// The hash that the program would compute.
    func forgedHash(at sequence: Int) async throws -> [UInt8] {
        Self.hash(Self.forgery, at: sequence, previous: try await previousHash(sequence))
    }

    /// Replaces entries of a chain and computes it anew, with its head.
    func rewrite(_ tenant: String, _ replacement: (Int) -> AuditEntry?) async throws {
        let rows = Array(try await trail.list(AuditFilter(.tenant(tenant)), limit: 1000).rows.reversed())
        try await execute("DELETE FROM audit WHERE tenant = \(tenant)")
        var previous = [UInt8](repeating: 0, count: 32)
        for row in rows {
            let entry = replacement(row.sequence) ?? row.entry
            let hash = Self.hash(entry, at: row.sequence, previous: previous)
            try await insert(entry, at: row.sequence, previous: previous, hash: hash)
            previous = hash
        }
        try await execute("UPDATE audit_heads SET hash = \(previous) WHERE tenant = \(tenant)")
    }

    /// Puts the rows of "acme" back.
    func restore(_ rows: [SQLRow]) async throws {
        try await execute("DELETE FROM audit WHERE tenant = 'acme'")
        for row in rows {
            let entry = AuditEntry.sample(time: try row.int("time"), target: try row.text("target_id"))
            try await insert(
                entry, at: try row.int("sequence"), previous: try row.bytes("previous_hash"),
                hash: try row.bytes("hash"))
        }
    }

    private func previousHash(_ sequence: Int) async throws -> [UInt8] {
        let rows = try await query("SELECT hash FROM audit WHERE tenant = 'acme' AND sequence = \(sequence - 1)")
        return try rows.first?.bytes("hash") ?? Array(repeating: 0, count: 32)
    }

    private func insert(_ entry: AuditEntry, at sequence: Int, previous: [UInt8], hash: [UInt8]) async throws {
        try await execute(
            """
            INSERT INTO audit (tenant, sequence, time, actor_kind, actor_id, source, action, target_kind, target_id,
            before_json, after_json, previous_hash, hash)
            VALUES (\(entry.tenant), \(sequence), \(entry.time), \(entry.actor.kind.rawValue), \(entry.actor.id),
            \(entry.actor.source), \(entry.action), \(entry.target.kind), \(entry.target.id), \(entry.before),
            \(entry.after), \(previous), \(hash))
            """)
    }

    /// The form of the hash, written a second time.
    private static func hash(_ entry: AuditEntry, at sequence: Int, previous: [UInt8]) -> [UInt8] {
        func number(_ value: Int) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: value >> (56 - $0 * 8)) } }
        func text(_ text: String) -> [UInt8] { number(text.utf8.count) + Array(text.utf8) }
        func optional(_ value: String?) -> [UInt8] { value.map { [1] + text($0) } ?? [0] }
        var bytes = text("martlet/audit/v1") + number(previous.count) + previous + number(sequence)
        bytes += number(entry.time.milliseconds) + text(entry.tenant) + text(entry.actor.kind.rawValue)
        bytes += text(entry.actor.id) + text(entry.actor.source) + text(entry.action) + text(entry.target.kind)
        bytes += text(entry.target.id) + optional(entry.before) + optional(entry.after)
        return Array(SHA256.hash(data: bytes))
    }
}
