import ArgumentParser
import FakeProvider
import Logging

/// `martlet demo-provider`: the fake upstream on a port of its own.
struct DemoProvider: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo-provider",
        abstract: "Run the fake provider: every dialect, with faults on command (docs/fake-provider.md).")

    @Option(help: ArgumentHelp("Address to listen on.", valueName: "host:port"))
    var listen = "127.0.0.1:8081"

    func run() async throws {
        let address = try ListenAddress(listen)
        let server = try FakeProviderServer()
        let port = try await server.start(host: address.host, port: address.port)
        Output.line("fake provider: http://\(address.host):\(port)/v1")
        await Signals.untilTermination()
        await server.stop()
    }
}
