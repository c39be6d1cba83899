import ArgumentParser
import Identity
import Policy
import Storage
import WireJSON

/// `martlet key`
struct KeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "API keys.",
        subcommands: [Create.self, List.self, Revoke.self, Rotate.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Create a key; its secret is shown this once.")

        @OptionGroup var common: CommonOptions
        @Option(help: "The tenant the key is for.") var tenant: String
        @Option(help: "A name to know it by.") var name = "key"
        @Option(help: "The person or service that will use it.") var user: String?
        @Option(help: "Models it may call, separated by commas; '*' stands for any text.") var models: String?
        @Option(help: "How long it is valid, such as 12h or 30d.") var expires: String?
        @Option(help: "What it may do, separated by commas.") var scopes = "inference"
        @Flag(help: "Print JSON.") var json = false

        func run() async throws {
            let expiry = try expires.map { try Durations.parse($0, option: "expires") }
            try await Workspace.run(common) { workspace in
                let issued = try await workspace.identity.keys.create(
                    KeyDraft(
                        tenant: tenant, name: name, user: user, models: Lists.split(models ?? ""),
                        scopes: Lists.split(scopes).map { Scope(rawValue: $0) },
                        expiresAt: expiry.map { Timestamp.now().adding(milliseconds: $0) }))
                Rendering.show(issued, json: json)
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List keys; never their secrets.")

        @OptionGroup var common: CommonOptions
        @Option(help: "Only this tenant's.") var tenant: String?
        @Flag(help: "Print JSON.") var json = false

        func run() async throws {
            let scope = tenant.map { TenantScope.tenant($0) } ?? .all
            try await Workspace.run(common) { workspace in
                let keys = try await Pages.all { try await workspace.identity.keys.list(in: scope, after: $0) }
                if json { return Output.line(Rendering.list(keys.map { Rendering.key($0) })) }
                Output.table(
                    ["KEY", "TENANT", "NAME", "MODELS", "STATE", "CREATED", "LAST USED"],
                    keys.map { key in
                        [
                            APIKey.displayPrefix(publicID: key.publicID), key.tenant, key.name,
                            key.models.isEmpty ? "*" : key.models.joined(separator: ","),
                            Rendering.state(key, now: .now()), "\(key.createdAt)",
                            key.lastUsedAt.map { "\($0)" } ?? "never",
                        ]
                    })
            }
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Revoke a key, for good.")

        @OptionGroup var common: CommonOptions
        @Argument(help: "The key's id, mk-…, or the whole key.") var id: String

        func run() async throws {
            try await Workspace.run(common) { workspace in
                let key = try await workspace.identity.keys.revoke(id, in: .all)
                Output.line("revoked \(APIKey.displayPrefix(publicID: key.publicID))")
            }
        }
    }

    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give a key a new secret; the old one works for the grace period.")

        @OptionGroup var common: CommonOptions
        @Argument(help: "The key's id, mk-…, or the whole key.") var id: String
        @Option(help: "How long the old secret still works, such as 24h.") var grace: String?
        @Flag(help: "Print JSON.") var json = false

        func run() async throws {
            let grace = try grace.map { try Durations.parse($0, option: "grace") } ?? 0
            try await Workspace.run(common) { workspace in
                let issued = try await workspace.identity.keys.rotate(id, in: .all, graceSeconds: grace / 1000)
                Rendering.show(issued, json: json)
            }
        }
    }
}
