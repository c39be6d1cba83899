import ArgumentParser
import Foundation
import Gateway
import Policy

/// `martlet check`: everything wrong with settings and policies, at once.
struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Validate settings and policies; every problem with file and line.")

    @OptionGroup var common: CommonOptions

    func run() throws {
        let settings = try common.settings()
        let directory = PolicyDirectory(path: settings.policiesDir, environment: ProcessInfo.processInfo.environment)
        do throws(PolicyErrors) {
            let snapshot = try directory.load()
            for warning in snapshot.warnings { Output.note("\(warning)") }
            Output.line(
                "ok: \(snapshot.providers.count) providers, \(snapshot.models.count) models, "
                    + "\(snapshot.plans.count) plans, \(snapshot.tenants.count) tenants")
        } catch {
            for problem in error.diagnostics { Output.note("\(problem)") }
            throw ExitCode(1)
        }
    }
}
