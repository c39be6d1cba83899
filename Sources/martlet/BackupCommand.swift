import ArgumentParser
import Identity
import Storage
import WireJSON

/// `martlet backup`
struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Write tenants and keys (their hashes) to a file.",
        discussion: """
            The file is readable for its owner only. The master key is not in it: keep master.key (or \
            MARTLET_MASTER_KEY) too, because without it no key in the backup works. Policies are files of their own.
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: "The file; replaced if it exists.") var file: String
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
        try await Workspace.run(common) { workspace in
            let summary = try await Self.reporting {
                let (document, summary) = try await workspace.backups.export()
                try BackupFile.save(document, to: file)
                return summary
            }
            let counts = summary.sections.map { "\($0.rows) \($0.name)" }.joined(separator: ", ")
            Output.line(json ? summary.json(file: file).text : "saved \(counts) to \(file)")
        }
    }

    /// Prints what went wrong, and ends.
    static func reporting<Value>(_ body: () async throws -> Value) async throws -> Value {
        do { return try await body() } catch let error as BackupError {
            Output.note("martlet: \(error)")
            throw ExitCode(1)
        }
    }
}

/// `martlet restore`
struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Put back what a backup holds.",
        discussion: """
            All of the file is checked before anything is written. What is not in it stays as it is; what was revoked, \
            removed or rotated since stays so.
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: "The file that 'martlet backup' wrote.") var file: String
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
        try await Workspace.run(common) { workspace in
            let summary = try await BackupCommand.reporting {
                try await workspace.backups.restore(try BackupFile.load(file))
            }
            let counts = summary.sections.map { "\($0.changed) changes for \($0.rows) \($0.name)" }
            Output.line(json ? summary.json(file: file).text : "restored: \(counts.joined(separator: ", "))")
        }
    }
}

extension Workspace {
    /// For commands.
    var backups: BackupService {
        BackupService(database: database, masterKey: masterKey, actor: .commandLine)
    }
}

extension BackupSummary {
    fileprivate func json(file: String) -> JSONValue {
        let sections = sections.map { section -> (String, JSONValue) in
            (
                section.name,
                ["rows": .number(JSONNumber(section.rows)), "changed": .number(JSONNumber(section.changed))]
            )
        }
        var object: JSONObject = ["file": .string(file)]
        for (name, value) in sections { object.append(name, value) }
        return .object(object)
    }
}
