import Testing

@testable import Limits

@Suite struct ExpiringTableTests {
    @Test func entriesEnd() {
        var table = ExpiringTable<String, Int>(capacity: 8)
        table.set(1, for: "a", until: 10, at: 0)
        #expect(table.value(of: "a", at: 9) == 1)
        #expect(table.value(of: "a", at: 10) == nil)
        table.set(2, for: "a", until: 30, at: 20)
        #expect(table.value(of: "a", at: 20) == 2)
        #expect(table.value(of: "b", at: 20) == nil)
    }

    @Test func endedEntriesMakeRoomBeforeOthersDo() {
        var table = ExpiringTable<Int, Int>(capacity: 16)
        for key in 0..<6 { table.set(key, for: key, until: 10, at: 0) }
        for key in 6..<8 { table.set(key, for: key, until: 100, at: 0) }
        table.set(8, for: 8, until: 100, at: 50)
        #expect(table.count == 3)
        #expect((6...8).map { table.value(of: $0, at: 50) } == [6, 7, 8])
    }

    @Test func whatIsAskedForIsKept() {
        var table = ExpiringTable<Int, Int>(capacity: 16)
        table.set(-1, for: -1, until: 100, at: 0)
        for key in 0..<1000 {
            table.set(key, for: key, until: 100, at: 0)
            #expect(table.value(of: -1, at: 0) == -1)
            #expect(table.count <= 16)
        }
        #expect(table.value(of: 999, at: 0) == 999)
        #expect(table.value(of: 0, at: 0) == nil)
    }

    @Test func aNewValueReplacesAnAgedOne() {
        var table = ExpiringTable<Int, Int>(capacity: 4)
        for key in 0..<3 { table.set(key, for: key, until: 100, at: 0) }
        // 0 and 1 have aged by now.
        table.set(7, for: 0, until: 50, at: 0)
        #expect(table.value(of: 0, at: 49) == 7)
        #expect(table.value(of: 0, at: 50) == nil)
        #expect(table.count == 3)
    }

    @Test(arguments: [-1, 0, 1]) func theSmallestTableHolds(capacity: Int) {
        var table = ExpiringTable<Int, Int>(capacity: capacity)
        for key in 0..<5 { table.set(key, for: key, until: 100, at: 0) }
        #expect(table.value(of: 4, at: 0) == 4)
        #expect(table.count <= 2)
    }
}
