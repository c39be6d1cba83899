import GRDB

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The statements of one SQLite transaction.
final class SQLiteConnection: SQLConnection {
    private let database: GRDB.Database

    init(_ database: GRDB.Database) {
        self.database = database
    }

    var dialect: SQLDialect { .sqlite }

    func query(_ statement: SQLStatement) throws(StorageError) -> [SQLRow] {
        do {
            let prepared = try database.cachedStatement(sql: dialect.render(statement))
            let cursor = try Row.fetchCursor(prepared, arguments: Self.arguments(statement))
            let columns = SQLColumns(prepared.columnNames)
            var rows: [SQLRow] = []
            while let row = try cursor.next() {
                rows.append(SQLRow(columns: columns, values: row.databaseValues.map(SQLValue.init(sqlite:))))
            }
            return rows
        } catch {
            throw StorageError(sqlite: error)
        }
    }

    func execute(_ statement: SQLStatement) throws(StorageError) -> Int {
        do {
            let before = database.totalChangesCount
            try database.cachedStatement(sql: dialect.render(statement)).execute(arguments: Self.arguments(statement))
            // The count of the last statement survives statements that change nothing, and the total
            // includes rows that foreign keys changed.
            return database.totalChangesCount == before ? 0 : database.changesCount
        } catch {
            throw StorageError(sqlite: error)
        }
    }

    private static func arguments(_ statement: SQLStatement) -> StatementArguments {
        StatementArguments(statement.values.map(\.sqlite))
    }
}

extension SQLValue {
    fileprivate var sqlite: DatabaseValue {
        switch self {
        case .null: .null
        case .integer(let number): number.databaseValue
        case .real(let number): number.databaseValue
        case .text(let text): text.databaseValue
        case .bytes(let bytes): Data(bytes).databaseValue
        }
    }

    fileprivate init(sqlite value: DatabaseValue) {
        switch value.storage {
        case .null: self = .null
        case .int64(let number): self = .integer(number)
        case .double(let number): self = .real(number)
        case .string(let text): self = .text(text)
        case .blob(let data): self = .bytes([UInt8](data))
        }
    }
}
