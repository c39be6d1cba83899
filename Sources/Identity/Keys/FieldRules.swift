/// What names and lists of the admin interface may contain.
enum FieldRules {
    /// Free text: 1 to `limit` bytes without control characters.
    static func text(_ value: String, field: String, limit: Int = 200) throws(AdministrationError) -> String {
        guard !value.utf8.isEmpty else { throw .invalid(field: field, reason: "must not be empty") }
        guard value.utf8.count <= limit else { throw .invalid(field: field, reason: "is longer than \(limit) bytes") }
        guard isPrintable(value) else { throw .invalid(field: field, reason: "contains control characters") }
        return value
    }

    /// Model names and patterns: a bounded list without duplicates. The comma is the command line's separator.
    static func models(_ values: [String]) throws(AdministrationError) -> [String] {
        guard values.count <= 100 else { throw .invalid(field: "models", reason: "more than 100 entries") }
        var seen: [String] = []
        for value in values {
            let pattern = try text(value, field: "models")
            guard !pattern.utf8.contains(where: { $0 == 0x20 || $0 == 0x2C }) else {
                throw .invalid(field: "models", reason: "\"\(pattern)\" contains a space or comma")
            }
            if !seen.contains(pattern) { seen.append(pattern) }
        }
        return seen
    }

    /// Known scopes without duplicates; at least one, because a key without any could do nothing.
    static func scopes(_ values: [Scope]) throws(AdministrationError) -> [String] {
        guard !values.isEmpty else { throw .invalid(field: "scopes", reason: "must name at least one scope") }
        var seen: [String] = []
        for value in values {
            guard Scope.known.contains(value) else {
                let known = Scope.known.map(\.rawValue).joined(separator: ", ")
                throw .invalid(field: "scopes", reason: "unknown scope; known are \(known)")
            }
            if !seen.contains(value.rawValue) { seen.append(value.rawValue) }
        }
        return seen
    }

    static func isPrintable(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) }
    }
}
