/// Who makes a change, and from where.
package struct AuditActor: Sendable, Hashable {
    /// How the actor is known. Kinds that this version does not know are kept as they were read.
    package struct Kind: RawRepresentable, Sendable, Hashable {
        /// As stored.
        package let rawValue: String

        package init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// The command line; the id is the operating system's user.
        package static let cli = Kind(rawValue: "cli")
        /// A person of the console.
        package static let user = Kind(rawValue: "user")
        /// An API key; the id is its public id.
        package static let key = Kind(rawValue: "key")
        /// A token of a configured issuer; the id is its user claim.
        package static let token = Kind(rawValue: "token")
        /// The program itself: policy files, the first start.
        package static let system = Kind(rawValue: "system")
    }

    package let kind: Kind
    /// Whatever names the actor within its kind.
    package let id: String
    /// Network address, or the host of a command; empty where there is none.
    package let source: String

    /// Control characters are replaced and long texts cut: both come from outside.
    package init(kind: Kind, id: String, source: String = "") {
        self.kind = Kind(rawValue: AuditText.clean(kind.rawValue))
        self.id = AuditText.clean(id)
        self.source = AuditText.clean(source)
    }

    /// What the program does of itself.
    package static let system = AuditActor(kind: .system, id: "martlet")
}
