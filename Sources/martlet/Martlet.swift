import ArgumentParser
import CJemalloc  // For its malloc; nothing is called by name.

/// The command line.
@main
struct Martlet: AsyncParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "martlet",
        abstract: "A multi-tenant gateway for language models.",
        version: version,
        subcommands: [
            Serve.self, Check.self, TenantCommand.self, KeyCommand.self, UsageCommand.self, AuditCommand.self,
            BackupCommand.self, RestoreCommand.self, DemoProvider.self, Version.self,
        ])
}

struct Version: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Print the version.")

    func run() { Output.line("martlet \(Martlet.version)") }
}
