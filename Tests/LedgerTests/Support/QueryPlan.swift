import Storage

/// How a database means to run a statement, as one text per step.
enum QueryPlan {
    static func steps(_ statement: SQLStatement, _ database: any SQLDatabase) async throws -> [String] {
        let (explanation, column): (SQLStatement, String) =
            switch database.dialect {
            case .sqlite: ("EXPLAIN QUERY PLAN \(sql: statement)", "detail")
            case .postgresql: ("EXPLAIN \(sql: statement)", "QUERY PLAN")
            }
        return try await database.rows(explanation).map { try $0.text(column) }
    }
}
