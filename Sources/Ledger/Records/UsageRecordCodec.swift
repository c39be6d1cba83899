/// The form in which a record waits in the outbox: compact, without names, a version in front.
///
///     version            1 byte
///     id                 16 bytes, big endian
///     flags, cache       1 byte each
///     integers           zigzag LEB128, in the order of the code below; those that may be absent only if flagged
///     texts              length and UTF-8; those that may be absent: length + 1, or 0
///     attempts           count, then each like the record
///     log                prompt and answer, only if flagged
///
/// There is no checksum: the outbox has one around each record. A release reads the formats of all releases before
/// it; whoever adds a member raises the version and keeps the old reader.
package enum UsageRecordCodec {
    /// The format that this release writes.
    package static let version: UInt8 = 1
    /// Longer texts are cut, on the border of a character: names are the clients' to choose, and they are stored in
    /// indexes.
    package static let maximumTextBytes = 512
    /// Later attempts are left out; ``UsageRecord/attemptCount`` still counts them.
    package static let maximumAttempts = 64

    struct Flags: OptionSet {
        let rawValue: UInt8
        static let estimated = Flags(rawValue: 1)
        static let stream = Flags(rawValue: 2)
        static let cost = Flags(rawValue: 4)
        static let firstToken = Flags(rawValue: 8)
        static let log = Flags(rawValue: 16)
        static let all: Flags = [.estimated, .stream, .cost, .firstToken, .log]
    }

    struct AttemptFlags: OptionSet {
        let rawValue: UInt8
        static let status = AttemptFlags(rawValue: 1)
        static let cost = AttemptFlags(rawValue: 2)
        static let all: AttemptFlags = [.status, .cost]
    }
}

extension CacheState {
    /// Never changes: records in outboxes hold it.
    var code: UInt8 {
        switch self {
        case .bypass: 0
        case .miss: 1
        case .hit: 2
        case .coalesced: 3
        }
    }

    init?(code: UInt8) {
        guard let state = Self.allCases.first(where: { $0.code == code }) else { return nil }
        self = state
    }
}
