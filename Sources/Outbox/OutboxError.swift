import Glibc

/// What can go wrong with an outbox.
package enum OutboxError: Error, Sendable, Hashable {
    /// Another process (its id, where known) or another outbox of this one works in the directory.
    case locked(directory: String, process: Int?)
    /// A system call failed: what was tried, on which file, and its `errno`.
    case system(OutboxOperation, path: String, code: Int32)
    /// The options make no sense; says which would.
    case invalidOptions(String)
    /// All segments together have reached ``OutboxOptions/maxBytes``.
    case atBound(bytes: Int)
    /// A segment's file was removed or shortened by somebody else; its records are gone.
    case vanished(path: String)
    /// The outbox was closed before the record reached the disk.
    case closed
    /// More calls wait for the disk than may wait.
    case tooManyWaiting(limit: Int)

    /// A word from a closed set, safe as a metric label.
    package var label: String {
        switch self {
        case .locked: "locked"
        case .system(_, _, let code): Self.label(of: code)
        case .invalidOptions: "invalid_options"
        case .atBound: "at_bound"
        case .vanished: "vanished"
        case .closed: "closed"
        case .tooManyWaiting: "too_many_waiting"
        }
    }

    private static func label(of code: Int32) -> String {
        switch code {
        case ENOSPC, EDQUOT: "disk_full"
        case EROFS: "read_only"
        case EACCES, EPERM: "permission"
        case EIO: "io"
        default: "system"
        }
    }
}

/// What an outbox asks of the system.
package enum OutboxOperation: String, Sendable, Hashable, CaseIterable {
    case createDirectory = "create directory"
    case listDirectory = "list directory"
    case lock
    case create
    case reserve = "reserve space for"
    case map
    case open
    case read
    case cut
    case synchronize
    case delete
    case startThread = "start the thread of"
}

extension OutboxError: CustomStringConvertible {
    /// For the operator's log.
    package var description: String {
        switch self {
        case .locked(let directory, let process):
            "the outbox \(directory) is in use by \(process.map { "process \($0)" } ?? "another process");"
                + " stop that one, or give this one a data directory of its own"
        case .system(let operation, let path, let code):
            "cannot \(operation.rawValue) \(path): \(String(cString: strerror(code)))" + Self.advice(code)
        case .invalidOptions(let reason): "invalid outbox options: \(reason)"
        case .atBound(let bytes):
            "the outbox has reached its bound of \(bytes) bytes; it shrinks once the database takes records again"
        case .vanished(let path):
            "\(path) was removed or shortened from outside; nothing but this program may touch the outbox"
        case .closed: "the outbox is closed"
        case .tooManyWaiting(let limit): "more than \(limit) calls wait for the disk"
        }
    }

    private static func advice(_ code: Int32) -> String {
        switch code {
        case ENOSPC, EDQUOT: "; free some space on its file system"
        case EROFS: "; the data directory must be writable"
        case EACCES, EPERM: "; it must belong to the user this program runs as"
        default: ""
        }
    }
}
