import Storage
import Testing

@Suite struct SQLStatementTests {
    @Test func interpolationsBecomeParameters() {
        let name = "x'; DROP TABLE tenants; --"
        let statement: SQLStatement = "SELECT * FROM t WHERE a = \(name) AND b = \(7)"
        #expect(statement.values == [.text(name), .integer(7)])
        #expect(SQLDialect.sqlite.render(statement) == "SELECT * FROM t WHERE a = ? AND b = ?")
        #expect(SQLDialect.postgresql.render(statement) == "SELECT * FROM t WHERE a = $1 AND b = $2")
    }

    @Test func questionMarksInTextStayText() {
        let statement: SQLStatement = "SELECT '?' WHERE a = \(true)"
        #expect(SQLDialect.postgresql.render(statement) == "SELECT '?' WHERE a = $1")
        #expect(statement.values == [.integer(1)])
    }

    @Test func everyKindOfValueBinds() {
        let absent: String? = nil
        let statement: SQLStatement =
            "\(absent) \(Optional("a")) \(Int64(5)) \(1.5) \([UInt8]([1, 2])) \(Timestamp(milliseconds: 9)) \(SQLValue.null)"
        #expect(
            statement.values == [.null, .text("a"), .integer(5), .real(1.5), .bytes([1, 2]), .integer(9), .null])
    }

    @Test func statementsNestAndNumbersRunOn() {
        let filter: SQLStatement = "AND tenant = \("acme")"
        var statement: SQLStatement = "SELECT 1 WHERE a = \(1) \(sql: filter) AND c IN (\(list: [4, 5, 6]))"
        statement.append("LIMIT \(9)")
        #expect(
            SQLDialect.postgresql.render(statement)
                == "SELECT 1 WHERE a = $1 AND tenant = $2 AND c IN ($3, $4, $5)LIMIT $6")
        #expect(statement.values == [.integer(1), .text("acme"), .integer(4), .integer(5), .integer(6), .integer(9)])
    }

    @Test func appendingKeepsTextAndValuesInStep() {
        var statement: SQLStatement = "a"
        statement.append("b")
        #expect(statement.fragments == ["ab"])
        statement.append("\(1)")
        #expect(statement.fragments == ["ab", ""])
        statement.append("c \(2)")
        #expect(statement.fragments == ["ab", "c ", ""])
        #expect(statement.fragments.count == statement.values.count + 1)
    }

    @Test func rawTextComesFromTheProgram() {
        let statement: SQLStatement = "CREATE TABLE t (a \(raw: SQLDialect.postgresql.bytes)) \(raw: "")"
        #expect(SQLDialect.postgresql.render(statement) == "CREATE TABLE t (a BYTEA) ")
        #expect(statement.values.isEmpty)
    }

    @Test(arguments: SQLDialect.allCases)
    func dialectsNameEveryType(dialect: SQLDialect) {
        let types = [dialect.integer, dialect.text, dialect.bytes, dialect.real].map { String(describing: $0) }
        #expect(Set(types).count == 4)
        #expect(!types.contains(""))
    }
}
