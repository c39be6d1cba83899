/// One problem in a settings or policy file, placed so that an editor can jump to it.
package struct Diagnostic: Sendable, Hashable, CustomStringConvertible {
    package enum Severity: String, Sendable, Hashable {
        case error
        /// The configuration works, but not in full: a provider without its key, for example.
        case warning
    }

    package var severity: Severity
    package var file: String
    /// Counts from 1; 0 when the problem has no line (a missing file, a flag, the environment).
    package var line: Int
    /// Where in the document, such as `models.smart.targets[0].provider`; empty for the whole.
    package var path: String
    package var message: String
    /// The nearest valid spelling, if one is near.
    package var suggestion: String?

    package init(
        severity: Severity, file: String, line: Int, path: String, message: String, suggestion: String? = nil
    ) {
        self.severity = severity
        self.file = file
        self.line = line
        self.path = path
        self.message = message
        self.suggestion = suggestion
    }

    package var description: String {
        var text = file
        if line > 0 { text += ":\(line)" }
        text += ": "
        if severity == .warning { text += "warning: " }
        if !path.isEmpty { text += "\(path): " }
        text += message
        if let suggestion { text += "; did you mean \"\(suggestion)\"?" }
        return text
    }
}

/// Everything that is wrong, at once, in the order of the files.
package struct PolicyErrors: Error, Sendable, CustomStringConvertible {
    /// Never empty; may hold warnings beside the errors.
    package var diagnostics: [Diagnostic]

    package init(_ diagnostics: [Diagnostic]) {
        self.diagnostics = diagnostics
    }

    package var description: String { diagnostics.map(\.description).joined(separator: "\n") }
}

/// Collects problems while a document is read, so that reading goes on after the first.
final class Problems {
    private(set) var list: [Diagnostic] = []

    func add(_ diagnostic: Diagnostic) { list.append(diagnostic) }

    var errors: [Diagnostic] { sorted.filter { $0.severity == .error } }
    var warnings: [Diagnostic] { sorted.filter { $0.severity == .warning } }

    var sorted: [Diagnostic] {
        list.enumerated().sorted {
            ($0.element.file, $0.element.line, $0.offset) < ($1.element.file, $1.element.line, $1.offset)
        }
        .map(\.element)
    }
}
