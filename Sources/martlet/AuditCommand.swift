import ArgumentParser
import Foundation
import Storage
import WireJSON

/// `martlet audit`
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "The record of who changed what.", subcommands: [Verify.self])

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Walk the chains of hashes; exit 1 at the first row that is not what was written.",
            discussion: """
                Keep the JSON that this prints where nobody who can write to the database can change it, and give it \
                to --against later: a chain that was rewritten as a whole is found by that alone.
                """)

        @OptionGroup var common: CommonOptions
        @Option(help: "Only this tenant's chain.") var tenant: String?
        @Option(help: ArgumentHelp("Output of an earlier verification with --json.", valueName: "file"))
        var against: String?
        @Flag(help: "Print JSON.") var json = false

        func run() async throws {
            let checkpoints = try against.map { try AuditHeads.read($0) } ?? []
            let scope = tenant.map { TenantScope.tenant($0) } ?? .all
            let report = try await Workspace.run(common) { workspace in
                try await verify(AuditTrail(workspace.database), scope, checkpoints)
            }
            // What is broken has been printed; this is for scripts.
            if report.firstBreak != nil { throw ExitCode(1) }
        }

        private func verify(
            _ trail: AuditTrail, _ scope: TenantScope, _ checkpoints: [AuditHead]
        ) async throws -> AuditReport {
            var heads: [AuditHead] = []
            let report: AuditReport
            do throws(StorageError) {
                report = try await trail.verify(scope, against: checkpoints) { heads.append($0) }
            } catch {
                Output.note("martlet: \(error)")
                throw ExitCode(1)
            }
            if json {
                Output.line(AuditHeads.json(heads, report).text)
            } else if let fault = report.firstBreak {
                Output.line("broken: \(fault)")
            } else {
                Output.line("ok: \(report.chains) chains, \(report.rows) rows")
            }
            return report
        }
    }
}

/// Heads of chains as `martlet audit verify --json` prints them.
enum AuditHeads {
    static func json(_ heads: [AuditHead], _ report: AuditReport) -> JSONValue {
        [
            "ok": .bool(report.firstBreak == nil), "chains": .number(JSONNumber(report.chains)),
            "rows": .number(JSONNumber(report.rows)),
            "broken": report.firstBreak.map { fault in
                [
                    "tenant": .string(fault.tenant), "row": .number(JSONNumber(fault.row)),
                    "reason": .string(fault.reason.rawValue), "message": .string("\(fault)"),
                ]
            } ?? .null,
            "heads": .array(
                heads.map { head in
                    [
                        "tenant": .string(head.tenant), "rows": .number(JSONNumber(head.rows)),
                        "hash": .string(head.hexadecimal),
                    ]
                }),
        ]
    }

    /// Problems end the command.
    static func read(_ path: String) throws -> [AuditHead] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ValidationError("--against: \(path) cannot be read")
        }
        let elements = (try? JSONValue(parsing: [UInt8](data)))?["heads"]?.arrayValue
        let heads = elements?.compactMap { head -> AuditHead? in
            guard let tenant = head["tenant"]?.stringValue, let rows = head["rows"]?.intValue,
                let hash = head["hash"]?.stringValue
            else { return nil }
            return AuditHead(tenant: tenant, rows: rows, hexadecimal: hash)
        }
        guard let heads, heads.count == elements?.count else {
            throw ValidationError("--against: \(path) is not what 'martlet audit verify --json' prints")
        }
        return heads
    }
}
