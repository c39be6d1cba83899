#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Lists of strings in one text column, as a JSON array.
enum StringList {
    static func encode(_ list: [String]) throws(StorageError) -> String {
        do {
            return String(decoding: try JSONEncoder().encode(list), as: UTF8.self)
        } catch {
            throw .invalid("list of strings cannot be encoded: \(error)")
        }
    }

    static func decode(_ row: SQLRow, _ column: String) throws(StorageError) -> [String] {
        let text = try row.text(column)
        do {
            return try JSONDecoder().decode([String].self, from: Data(text.utf8))
        } catch {
            throw .corrupt("column \"\(column)\" holds no JSON array of strings")
        }
    }
}
