/// One named, irreversible step of the schema. Once released, a migration never changes and never
/// moves; corrections are new migrations.
package struct Migration: Sendable {
    /// Recorded in the database; sorts like the list it stands in.
    package let name: String
    /// The statements, given the dialect for column types. They run in one transaction.
    package let statements: @Sendable (SQLDialect) -> [SQLStatement]

    package init(_ name: String, _ statements: @escaping @Sendable (SQLDialect) -> [SQLStatement]) {
        self.name = name
        self.statements = statements
    }
}
