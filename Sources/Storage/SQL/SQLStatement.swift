/// One SQL statement with its bound values.
///
/// Written as a string literal in which every `\(value)` becomes a bound parameter, so a statement
/// cannot be built by pasting data into its text:
///
///     connection.query("SELECT name FROM tenants WHERE id = \(id)")
///
/// Where SQL text itself varies, `\(raw:)` takes literals of the program only, and `\(sql:)` another
/// statement. Placeholders appear when a database renders the statement in its ``SQLDialect``.
package struct SQLStatement: Sendable, Hashable {
    /// The text around the values; always one more than ``values``.
    package private(set) var fragments: [String]
    /// In the order of their placeholders.
    package private(set) var values: [SQLValue]

    /// A statement without values, from program text.
    package init(_ text: StaticString) {
        fragments = [String(describing: text)]
        values = []
    }

    fileprivate init(fragments: [String], values: [SQLValue]) {
        self.fragments = fragments
        self.values = values
    }

    /// Appends another statement's text and values, for filters that are put together.
    package mutating func append(_ other: SQLStatement) {
        fragments[fragments.count - 1] += other.fragments[0]
        fragments += other.fragments.dropFirst()
        values += other.values
    }
}

extension SQLStatement: ExpressibleByStringLiteral {
    package init(stringLiteral value: StaticString) {
        self.init(value)
    }
}

extension SQLStatement: ExpressibleByStringInterpolation {
    package init(stringInterpolation: Interpolation) {
        self = stringInterpolation.statement
    }

    /// Collects text and values of a literal.
    package struct Interpolation: StringInterpolationProtocol {
        fileprivate var statement = SQLStatement(fragments: [""], values: [])

        package init(literalCapacity: Int, interpolationCount: Int) {}

        package mutating func appendLiteral(_ literal: StaticString) {
            statement.append(SQLStatement(literal))
        }

        /// Binds a value.
        package mutating func appendInterpolation(_ value: some SQLConvertible) {
            statement.append(SQLStatement(fragments: ["", ""], values: [value.sqlValue]))
        }

        /// Binds a value, or null.
        package mutating func appendInterpolation<Value: SQLConvertible>(_ value: Value?) {
            appendInterpolation(value.sqlValue)
        }

        /// Splices program text: column types, table options.
        package mutating func appendInterpolation(raw text: StaticString) {
            statement.append(SQLStatement(text))
        }

        /// Splices another statement.
        package mutating func appendInterpolation(sql: SQLStatement) {
            statement.append(sql)
        }

        /// Binds each value of a list, separated by commas; for `IN (…)`. The list must not be empty
        /// (`IN ()` is an error in PostgreSQL).
        package mutating func appendInterpolation(list: [some SQLConvertible]) {
            for (index, value) in list.enumerated() {
                if index > 0 { statement.append(", ") }
                appendInterpolation(value)
            }
        }
    }
}
