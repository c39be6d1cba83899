import Foundation
import Testing

enum TemporaryDirectory {
    /// A directory that disappears afterwards.
    static func run<Result>(_ body: (String) async throws -> Result) async throws -> Result {
        let directory = try make()
        defer { remove(directory) }
        return try await body(directory)
    }

    static func make() throws -> String {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("martlet-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        return url.path
    }

    static func remove(_ directory: String) {
        try? FileManager.default.removeItem(atPath: directory)
    }

    /// What the kernel has of a directory now, as if its process had been killed at this moment.
    static func copy(_ directory: String, to copy: String) throws {
        try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: true)
        // The newest first: a lane that moves on while we copy must not leave out what is in the segment before.
        for name in try FileManager.default.contentsOfDirectory(atPath: directory).sorted().reversed() {
            // A file may be deleted while we look.
            guard let content = FileManager.default.contents(atPath: directory + "/" + name) else { continue }
            try content.write(to: URL(fileURLWithPath: copy + "/" + name))
        }
    }

    /// The segments' files in a directory that must be there.
    static func segments(_ directory: String) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: directory).filter { $0.hasSuffix(".segment") }
                .sorted()
        } catch {
            Issue.record(error)
            return []
        }
    }
}
