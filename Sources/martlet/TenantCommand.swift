import ArgumentParser
import Gateway
import Identity
import Policy
import Storage
import WireJSON

/// `martlet tenant`
struct TenantCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tenant", abstract: "Tenants.",
        subcommands: [List.self, Add.self, Remove.self, WebhookSecret.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List tenants.")

        @OptionGroup var common: CommonOptions
        @Flag(help: "Print JSON.") var json = false

        func run() async throws {
            try await Workspace.run(common) { workspace in
                let tenants = try await Pages.all { try await workspace.identity.tenants.list(in: .all, after: $0) }
                if json { return Output.line(Rendering.list(tenants.map(Rendering.tenant))) }
                Output.table(
                    ["ID", "NAME", "PLAN", "TIMEZONE", "CREATED"],
                    tenants.map { [$0.id, $0.name, $0.plan, $0.timezone, "\($0.createdAt)"] })
            }
        }
    }

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Add a tenant.")

        @OptionGroup var common: CommonOptions
        @Argument(help: "Its id: up to 64 letters, digits, '.', '_' and '-'.") var id: String
        @Option(help: "Its name; the id unless given.") var name: String?
        @Option(help: "Name of its plan.") var plan = "standard"
        @Option(help: "IANA time zone in which its days and months turn over.") var timezone = "UTC"
        @Flag(help: "Print JSON.") var json = false

        func run() async throws {
            try await Workspace.run(common) { workspace in
                let tenant = try await workspace.identity.tenants.create(
                    TenantDraft(id: id, name: name ?? id, plan: plan, timezone: timezone))
                Output.line(json ? Rendering.tenant(tenant).text : "added tenant \(tenant.id)")
                if let snapshot = try? PolicyFiles.directory(common.settings()).load(), !snapshot.hasPlan(plan) {
                    Output.note(
                        "warning: no policy file defines the plan \"\(plan)\"; until one does, this tenant may use no model"
                    )
                }
            }
        }
    }

    struct WebhookSecret: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "webhook-secret", abstract: "Print the secret that signs a tenant's alert webhooks.")

        @OptionGroup var common: CommonOptions
        @Argument(help: "The tenant's id.") var id: String

        func run() async throws {
            try await Workspace.run(common) { workspace in
                Output.line(AlertServices.webhookSecret(of: id, workspace.masterKey))
            }
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Remove a tenant and revoke its keys, for good.")

        @OptionGroup var common: CommonOptions
        @Argument(help: "The tenant's id.") var id: String

        func run() async throws {
            try await Workspace.run(common) { workspace in
                try await workspace.identity.tenants.remove(id, in: .all)
                Output.line("removed tenant \(id)")
            }
        }
    }
}
