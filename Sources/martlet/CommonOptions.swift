import ArgumentParser
import Foundation
import Policy

/// The flags every command shares, and the settings that come of them: flags, then environment, then file.
struct CommonOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Settings file.", valueName: "file"))
    var config: String?

    @Option(help: ArgumentHelp("Directory of policy files.", valueName: "dir"))
    var policies: String?

    @Option(help: ArgumentHelp("Data directory.", valueName: "dir"))
    var data: String?

    /// Problems are printed, all of them, before the command ends.
    func settings(listen: String? = nil, logLevel: String? = nil) throws -> Settings {
        var overrides = SettingsOverrides()
        overrides.policiesDir = policies
        overrides.dataDir = data
        overrides.listen = listen
        overrides.logLevel = logLevel
        let environment = ProcessInfo.processInfo.environment
        do throws(PolicyErrors) {
            return try Settings.load(file: try settingsFile(), environment: environment, flags: overrides)
        } catch {
            for problem in error.diagnostics { Output.note("\(problem)") }
            throw ExitCode(1)
        }
    }

    /// The file named by the flag must exist; `martlet.yaml` in the working directory is taken if it does.
    private func settingsFile() throws(PolicyErrors) -> PolicyFile? {
        let path = config ?? "martlet.yaml"
        if let bytes = FileManager.default.contents(atPath: path) {
            return PolicyFile(name: path, bytes: [UInt8](bytes))
        }
        guard config != nil else { return nil }
        throw PolicyErrors([
            Diagnostic(severity: .error, file: path, line: 0, path: "", message: "the settings file cannot be read")
        ])
    }
}
