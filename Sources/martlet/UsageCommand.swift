import ArgumentParser
import Foundation
import Ledger
import Storage

/// `martlet usage`
struct UsageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "usage", abstract: "What was used, and what it cost.", subcommands: [Export.self])

    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write settled requests to standard output, oldest first, one row each.")

        @OptionGroup var common: CommonOptions
        @Option(help: "The first moment that counts: 2026-11-01 or 2026-11-01T12:00:00Z.") var from: String?
        @Option(help: "The first moment that counts no more.") var to: String?
        @Option(help: "Only this tenant's rows.") var tenant: String?
        @Option(help: "csv or json.") var format = UsageExportFormat.csv

        func run() async throws {
            var filter = UsageRowFilter(scope: .all)
            filter.from = try Self.moment(from, "--from")
            filter.to = try Self.moment(to, "--to")
            filter.tenant = tenant
            _ = try await Workspace.run(common) { [filter, format] workspace in
                try await UsageExport(workspace.database, filter: filter, format: format).run { piece in
                    try FileHandle.standardOutput.write(contentsOf: Data(piece))
                }
            }
        }

        private static func moment(_ text: String?, _ option: String) throws -> Timestamp? {
            guard let text else { return nil }
            let whole = text.utf8.count == 10 ? text + "T00:00:00Z" : text
            guard let moment = try? Date(whole, strategy: .iso8601) else {
                throw ValidationError("\(option): \"\(text)\" is no time; write 2026-11-01 or 2026-11-01T12:00:00Z")
            }
            return Timestamp(milliseconds: Int(moment.timeIntervalSince1970 * 1000))
        }
    }
}

extension UsageExportFormat: ExpressibleByArgument {}
