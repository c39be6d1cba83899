import Crypto

/// The hash that chains audit rows.
///
/// SHA-256 over a text that can be read in one way only: a tag, the previous row's hash, the row's number, then every
/// member in a fixed order, integers as eight bytes and texts behind their length in eight bytes, both big-endian, and
/// what may be absent behind a byte 0 or 1. The form never changes: rows of every age must verify. A member that comes
/// later needs a new tag.
enum AuditHash {
    /// What the first row of a chain follows.
    static let genesis = [UInt8](repeating: 0, count: 32)

    static func row(_ sequence: Int, after previous: [UInt8], _ entry: AuditEntry) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(512 + (entry.before?.utf8.count ?? 0) + (entry.after?.utf8.count ?? 0))
        append("martlet/audit/v1", to: &bytes)
        append(previous.count, to: &bytes)
        bytes += previous
        append(sequence, to: &bytes)
        append(entry.time.milliseconds, to: &bytes)
        append(entry.tenant, to: &bytes)
        append(entry.actor.kind.rawValue, to: &bytes)
        append(entry.actor.id, to: &bytes)
        append(entry.actor.source, to: &bytes)
        append(entry.action, to: &bytes)
        append(entry.target.kind, to: &bytes)
        append(entry.target.id, to: &bytes)
        append(entry.before, to: &bytes)
        append(entry.after, to: &bytes)
        return Array(SHA256.hash(data: bytes))
    }

    private static func append(_ number: Int, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: Int64(number).bigEndian) { bytes += $0 }
    }

    private static func append(_ text: String, to bytes: inout [UInt8]) {
        append(text.utf8.count, to: &bytes)
        bytes += text.utf8
    }

    private static func append(_ text: String?, to bytes: inout [UInt8]) {
        bytes.append(text == nil ? 0 : 1)
        if let text { append(text, to: &bytes) }
    }
}
