import Admin
import ArgumentParser
import FakeProvider
import Foundation
import Gateway
import Hummingbird
import Identity
import Listener
import Logging
import NIOCore
import NIOPosix
import Policy
import Storage
import Upstream

/// `martlet serve`: everything wired together, from settings to an orderly end.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Start the gateway.")

    @OptionGroup var common: CommonOptions

    @Option(help: ArgumentHelp("Address to listen on.", valueName: "host:port"))
    var listen: String?

    @Option(name: .customLong("log-level"), help: "trace, debug, info, notice, warning, error or critical.")
    var logLevel: String?

    func run() async throws {
        signal(SIGPIPE, SIG_IGN)
        let settings = try common.settings(listen: listen, logLevel: logLevel)
        do {
            try await GatewayProcess(settings).run()
        } catch let error as PolicyErrors {
            for problem in error.diagnostics { Output.note("\(problem)") }
            throw ExitCode(1)
        } catch {
            Output.note("martlet: \(error)")
            throw ExitCode(1)
        }
    }
}
