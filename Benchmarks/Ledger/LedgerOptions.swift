struct LedgerOptions {
    var rows = 200_000
    var days = 30
    /// Rows of the last seconds, 5,000 of them each second.
    var burst = 50_000
    var tenants = 1000
    var keys = 10_000
    var place = "sqlite"

    init(_ arguments: [String]) throws {
        var rest = arguments[...]
        while let name = rest.popFirst() {
            guard let value = rest.popFirst() else { throw UnusableOption("\(name) needs a value") }
            switch name {
            case "--rows": rows = try Self.number(name, value)
            case "--days": days = try Self.number(name, value)
            case "--burst": burst = try Self.number(name, value)
            case "--tenants": tenants = try Self.number(name, value)
            case "--keys": keys = try Self.number(name, value)
            case "--database": place = value
            default: throw UnusableOption("\(name) is none of --rows, --days, --burst, --tenants, --keys, --database")
            }
        }
    }

    private static func number(_ name: String, _ value: String) throws -> Int {
        guard let number = Int(value), number > 0 else { throw UnusableOption("\(name) takes a number above 0") }
        return number
    }
}

struct UnusableOption: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
