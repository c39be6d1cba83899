/// What an outbox found of former processes when it was opened.
package struct OutboxRecovery: Sendable, Hashable {
    /// Whole records to be read again; some may have been applied before.
    package internal(set) var records = 0
    package internal(set) var segments = 0
    /// Cut from the ends of segments: records that were being written when a process or the system ended.
    package internal(set) var tornBytes = 0
    /// Between good records: what the disk or somebody else has changed. Not offered to readers, not deleted before
    /// the rest of the segment.
    package internal(set) var damagedBytes = 0
    /// Segments that cannot be read now. Left as they are, for the next start.
    package internal(set) var unreadable: [OutboxError] = []
    /// Files with a segment's name that are none, or of another version. Left as they are.
    package internal(set) var foreign: [String] = []
}
