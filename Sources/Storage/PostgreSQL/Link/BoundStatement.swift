/// A statement as the server gets it.
struct BoundStatement {
    let text: String
    let parameters: PostgreSQLParameters

    /// Null is written as `NULL` and not bound: the server takes it for whatever type fits the place, where it would
    /// refuse a parameter whose type nothing tells (`$1 IS NULL`). NaN is null, because SQLite stores it so.
    init(_ statement: SQLStatement) throws(StorageError) {
        var text = statement.fragments.first ?? ""
        var parameters = PostgreSQLParameters()
        for (value, fragment) in zip(statement.values, statement.fragments.dropFirst()) {
            if value.isNullInSQLite {
                text += " NULL "
            } else {
                try parameters.append(value)
                text += "$\(parameters.count)"
            }
            text += fragment
        }
        self.text = text
        self.parameters = parameters
    }

    var key: StatementCache.Key {
        StatementCache.Key(text: text, types: parameters.types)
    }
}

extension SQLValue {
    fileprivate var isNullInSQLite: Bool {
        switch self {
        case .null: true
        case .real(let number): number.isNaN
        default: false
        }
    }
}
