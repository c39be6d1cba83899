/// The command line.
struct Options {
    /// Only benchmarks whose name contains this, whatever the case.
    var filter: String?
    /// Where the figures go as JSON.
    var jsonPath: String?
    var listsOnly = false

    static let usage = """
        usage: micro-benchmarks [--filter NAME] [--json FILE] [--list]
          --filter NAME  only benchmarks whose name contains NAME
          --json FILE    also write the figures to FILE
          --list         print the names and measure nothing
        """

    /// - Throws: ``UnexpectedOutcome`` with a sentence for the user.
    init(_ arguments: [String]) throws {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            switch argument {
            case "--filter": filter = try Self.value(of: argument, &rest)
            case "--json": jsonPath = try Self.value(of: argument, &rest)
            case "--list": listsOnly = true
            default: throw UnexpectedOutcome("unknown argument \(argument)")
            }
        }
    }

    func selects(_ name: String) -> Bool {
        filter.map { name.lowercased().contains($0.lowercased()) } ?? true
    }

    private static func value(of option: String, _ rest: inout ArraySlice<String>) throws -> String {
        guard let value = rest.popFirst() else { throw UnexpectedOutcome("\(option) needs a value") }
        return value
    }
}
