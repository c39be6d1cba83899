/// One row of a result. Values are read by column name; a missing column or an unexpected type is
/// ``StorageError/corrupt(_:)``, because only a damaged or foreign database produces one.
package struct SQLRow: Sendable {
    let columns: SQLColumns
    let values: [SQLValue]

    /// `values` in the order of `columns`.
    package init(columns: SQLColumns, values: [SQLValue]) {
        self.columns = columns
        self.values = values
    }

    /// The value as stored.
    package func value(_ name: String) throws(StorageError) -> SQLValue {
        guard let index = columns.index[name], values.indices.contains(index) else {
            throw .corrupt("no column \"\(name)\" in the result")
        }
        return values[index]
    }

    /// A text column without null.
    package func text(_ name: String) throws(StorageError) -> String {
        let value = try value(name)
        guard case .text(let text) = value else { throw mismatch(name, "text", value) }
        return text
    }

    /// A text column, nil for null.
    package func optionalText(_ name: String) throws(StorageError) -> String? {
        try value(name) == .null ? nil : text(name)
    }

    /// An integer column without null.
    package func int(_ name: String) throws(StorageError) -> Int {
        let value = try value(name)
        guard case .integer(let number) = value, let int = Int(exactly: number) else {
            throw mismatch(name, "integer", value)
        }
        return int
    }

    /// An integer column, nil for null.
    package func optionalInt(_ name: String) throws(StorageError) -> Int? {
        try value(name) == .null ? nil : int(name)
    }

    /// An integer column that holds 0 or 1.
    package func bool(_ name: String) throws(StorageError) -> Bool {
        let number = try int(name)
        guard number == 0 || number == 1 else { throw .corrupt("column \"\(name)\" holds neither 0 nor 1") }
        return number == 1
    }

    /// A real column; integers count, because PostgreSQL's aggregates may return them.
    package func real(_ name: String) throws(StorageError) -> Double {
        switch try value(name) {
        case .real(let number): return number
        case .integer(let number): return Double(number)
        case let other: throw mismatch(name, "real", other)
        }
    }

    /// A bytes column without null.
    package func bytes(_ name: String) throws(StorageError) -> [UInt8] {
        let value = try value(name)
        guard case .bytes(let bytes) = value else { throw mismatch(name, "bytes", value) }
        return bytes
    }

    /// A bytes column, nil for null.
    package func optionalBytes(_ name: String) throws(StorageError) -> [UInt8]? {
        try value(name) == .null ? nil : bytes(name)
    }

    /// An integer column of milliseconds without null.
    package func time(_ name: String) throws(StorageError) -> Timestamp {
        Timestamp(milliseconds: try int(name))
    }

    /// An integer column of milliseconds, nil for null.
    package func optionalTime(_ name: String) throws(StorageError) -> Timestamp? {
        try optionalInt(name).map(Timestamp.init(milliseconds:))
    }

    private func mismatch(_ name: String, _ expected: String, _ found: SQLValue) -> StorageError {
        .corrupt("column \"\(name)\": expected \(expected), found \(found.kindName)")
    }
}

/// Column names of a result, shared by its rows.
package final class SQLColumns: Sendable {
    /// In the order of the row's values.
    package let names: [String]
    let index: [String: Int]

    /// Of two columns with one name the first is found, as in SQLite.
    package init(_ names: [String]) {
        self.names = names
        index = Dictionary(zip(names, names.indices), uniquingKeysWith: { first, _ in first })
    }
}
