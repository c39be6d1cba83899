import Storage
import Testing

@Suite struct MetaRepositoryTests {
    @Test(arguments: TestDatabase.allCases)
    func theFirstValueStays(kind: TestDatabase) async throws {
        try await kind.runMigrated { (database) async throws in
            let meta = MetaRepository(database)
            #expect(try await meta.value("check") == nil)
            #expect(try await meta.establish("check", [1]) == [1])
            #expect(try await meta.establish("check", [2]) == [1])
            #expect(try await meta.value("check") == [1])
        }
    }
}
