import Foundation
package import Policy

/// The policy files of one directory: read, and asked whether they changed.
package struct PolicyDirectory: Sendable {
    package let path: String
    private let environment: [String: String]

    package init(path: String, environment: [String: String]) {
        self.path = path
        self.environment = environment
    }

    /// Reads and validates all `*.yaml` and `*.yml` files. A directory that does not exist holds none: the
    /// environment alone can enable providers. An unreadable file is a problem like any other.
    package func load() throws(PolicyErrors) -> PolicySnapshot {
        var files: [PolicyFile] = []
        for name in fileNames() {
            let full = path + "/" + name
            guard let data = FileManager.default.contents(atPath: full) else {
                throw PolicyErrors([
                    Diagnostic(severity: .error, file: full, line: 0, path: "", message: "the file cannot be read")
                ])
            }
            files.append(PolicyFile(name: full, bytes: [UInt8](data)))
        }
        return try PolicySnapshot(
            files: files, environment: environment,
            readFile: { path in FileManager.default.contents(atPath: path).map { [UInt8]($0) } },
            isTimezone: { TimeZone(identifier: $0) != nil })
    }

    /// Changes when a file is added, removed, replaced or written to. Cheap: names and file status only.
    package func fingerprint() -> [String] {
        fileNames().map { name in
            let attributes = try? FileManager.default.attributesOfItem(atPath: path + "/" + name)
            let modified = (attributes?[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
            let size = (attributes?[.size] as? NSNumber)?.intValue ?? -1
            let inode = (attributes?[.systemFileNumber] as? NSNumber)?.intValue ?? -1
            return "\(name)|\(modified)|\(size)|\(inode)"
        }
    }

    private func fileNames() -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return names.filter { !$0.hasPrefix(".") && ($0.hasSuffix(".yaml") || $0.hasSuffix(".yml")) }.sorted()
    }
}
