package import Storage

/// Why there is no backup, or none was restored. Nothing was changed then.
package enum BackupError: Error, Sendable, Hashable {
    /// The file is not a backup at all.
    case notABackup(reason: String)
    /// A newer release wrote the document.
    case tooNew(version: Int)
    /// The keys in it were hashed under another master key.
    case otherMasterKey
    /// What is wrong in the document, and how much more there is.
    case invalid(problems: [String], unlisted: Int)
    case file(path: String, reason: String)
    case storage(StorageError)
}

extension BackupError: CustomStringConvertible {
    /// For the operator; one line per problem.
    package var description: String {
        switch self {
        case .notABackup(let reason): "this is not a backup made by martlet: \(reason)"
        case .tooNew(let version):
            "the backup has version \(version), this release reads up to version \(BackupDocument.version); "
                + "restore it with the release that made it, or a newer one"
        case .otherMasterKey:
            "the backup was made under another master key: no API key in it would work here. "
                + "Restore it into a new data directory that holds the old master.key (or set MARTLET_MASTER_KEY)"
        case .invalid(let problems, let unlisted):
            problems.joined(separator: "\n") + (unlisted > 0 ? "\nand \(unlisted) more" : "")
        case .file(let path, let reason): "\(path): \(reason)"
        case .storage(let error): error.description
        }
    }
}
