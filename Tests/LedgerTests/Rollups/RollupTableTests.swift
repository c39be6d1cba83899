import Storage
import Testing

@testable import Ledger

@Suite struct RollupTableTests {
    /// The program's lists of columns and the schema's say the same.
    @Test(arguments: TestDatabase.allCases)
    func everyTableHasItsColumns(kind: TestDatabase) async throws {
        try await kind.run { database in
            for table in RollupTable.all {
                let columns = ["time"] + table.dimensions.map(\.column) + RollupTable.sumColumns
                _ = try await database.rows("SELECT \(sql: .list(columns)) FROM \(raw: table.name)")
            }
        }
    }

    @Test(
        arguments: [
            (RollupResolution.day, [], "rollup_model_day"),
            (.day, [.provider], "rollup_model_day"),
            (.hour, [.provider, .model], "rollup_model_hour"),
            (.minute, [.model], "rollup_model_minute"),
            (.day, [.tenant], "rollup_tenant_day"),
            (.hour, [.tenant], "rollup_tenant_hour"),
            (.minute, [.tenant], "rollup_minute"),
            (.day, [.tenant, .model], "rollup_tenant_model_day"),
            (.hour, [.tenant, .provider], "rollup_tenant_model_hour"),
            (.day, [.key], "rollup_key_day"),
            (.day, [.key, .model], "rollup_day"),
            (.hour, [.tenant, .user], "rollup_key_hour"),
            (.minute, [.key], "rollup_minute"),
            (.minute, [.tenant, .key, .user, .provider, .model], "rollup_minute"),
        ] as [(RollupResolution, Set<RollupDimension>, String)])
    func theNarrowestIsChosen(resolution: RollupResolution, dimensions: Set<RollupDimension>, name: String) {
        let table = RollupTable.narrowest(resolution, dimensions)
        #expect(String(describing: table.name) == name)
        #expect(dimensions.isSubset(of: table.dimensions))
    }

    @Test func namesAreUnique() {
        #expect(Set(RollupTable.all.map { String(describing: $0.name) }).count == RollupTable.all.count)
    }

    @Test(arguments: RollupResolution.allCases)
    func periodsBeginAtTheirBorders(resolution: RollupResolution) {
        var random = SplitMix64(seed: 31)
        for _ in 0..<500 {
            let time = Int.random(in: -1 << 50..<1 << 50, using: &random)
            let (floor, ceiling) = (resolution.floor(time), resolution.ceiling(time))
            #expect(floor <= time && time <= ceiling)
            #expect(floor % resolution.length == 0 && ceiling % resolution.length == 0)
            #expect(ceiling - floor == (floor == time ? 0 : resolution.length))
        }
        #expect(resolution.floor(.min) <= .min + resolution.length)
        #expect(resolution.ceiling(.max) >= .max - resolution.length)
    }

    @Test func statementsComeInFewSizes() {
        var shapes: Set<Int> = []
        for count in 0...1500 {
            let pieces = StatementSizes.pieces(Array(0..<count))
            #expect(pieces.flatMap { $0 } == Array(0..<count))
            shapes.formUnion(pieces.map(\.count))
            guard count > 0 else { continue }
            let padded = StatementSizes.padded(Array(0..<count), with: 0)
            #expect(padded.count.nonzeroBitCount == 1)
            #expect(Set(padded) == Set(0..<count))
        }
        #expect(shapes == [1, 2, 4, 8, 16, 32, 64, 128, 256])
    }
}
