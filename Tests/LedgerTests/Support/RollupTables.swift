@testable import Ledger

enum RollupTables {
    static let names = RollupTable.all.map(\.name)
}
