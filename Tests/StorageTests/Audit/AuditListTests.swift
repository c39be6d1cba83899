import Storage
import Testing

@Suite struct AuditListTests {
    private static let entries: [AuditEntry] = [
        .sample("key.create", tenant: "a", time: 100, actor: "ana", target: "k1"),
        .sample("key.create", tenant: "b", time: 100, actor: "bob", target: "k2"),
        .sample("key.revoke", tenant: "a", time: 200, actor: "ana", target: "k1"),
        .sample("key.rotate", tenant: "b", time: 300, actor: "ana", target: "k2"),
        .sample("tenant.update", tenant: "a", time: 400, actor: "bob", target: "a"),
    ]

    private static func filter(_ scope: TenantScope, _ change: (inout AuditFilter) -> Void = { _ in }) -> AuditFilter {
        var filter = AuditFilter(scope)
        change(&filter)
        return filter
    }

    private static let cases: [(filter: AuditFilter, times: [Int])] = [
        (filter(.tenant("a")), [400, 200, 100]),
        (filter(.tenant("b")), [300, 100]),
        (filter(.tenant("c")), []),
        (filter(.all) { $0.from = Timestamp(milliseconds: 300) }, [400, 300]),
        (filter(.all) { $0.until = Timestamp(milliseconds: 200) }, [100, 100, 100, 100]),
        (
            filter(.tenant("a")) {
                $0.from = Timestamp(milliseconds: 200); $0.until = Timestamp(milliseconds: 400)
            }, [200]
        ),
        (filter(.all) { $0.actorID = "bob" }, [400, 100, 100]),
        (filter(.all) { $0.actorKind = .user }, []),
        (filter(.all) { $0.action = "key.create" }, [100, 100]),
        (filter(.tenant("a")) { $0.action = "key.rotate" }, []),
        (
            filter(.all) {
                $0.targetKind = "key"; $0.targetID = "k2"
            }, [300, 100]
        ),
    ]

    @Test(arguments: TestDatabase.allCases)
    func filters(kind: TestDatabase) async throws {
        try await AuditBench.run(kind) { bench in
            try await bench.append(Self.entries)
            for (number, example) in Self.cases.enumerated() {
                let rows = try await bench.trail.list(example.filter).rows
                #expect(rows.map(\.entry.time.milliseconds) == example.times, "case \(number)")
            }
        }
    }

    @Test(arguments: TestDatabase.allCases, [1, 2, 3, 7, 1000])
    func pagesMeetEndToEnd(kind: TestDatabase, limit: Int) async throws {
        try await AuditBench.run(kind) { bench in
            try await bench.append(Self.entries)
            let all = try await bench.trail.list(AuditFilter(.all)).rows
            #expect(all.count == 7)
            var seen: [AuditRow] = []
            var cursor: AuditCursor?
            repeat {
                let page = try await bench.trail.list(AuditFilter(.all), after: cursor, limit: limit)
                #expect(page.rows.count <= limit)
                seen += page.rows
                // Through its text, as a client sends it back; and rows that come later do not shift the pages.
                cursor = try page.next.map { try #require(AuditCursor($0.text)) }
                try await bench.append([.sample(tenant: "a", time: 999)])
            } while cursor != nil
            #expect(seen == all)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func limitsAreHeld(kind: TestDatabase) async throws {
        try await AuditBench.run(kind) { bench in
            try await bench.append(Self.entries)
            #expect(try await bench.trail.list(AuditFilter(.all), limit: 0).rows.count == 1)
            #expect(try await bench.trail.list(AuditFilter(.all), limit: -5).rows.count == 1)
            #expect(try await bench.trail.list(AuditFilter(.all), limit: .max).rows.count == 7)
        }
    }

    @Test(arguments: ["", "1", "1_2", "x_2_a", "1_y_a", "99999999999999999999_1_a"])
    func badCursors(text: String) {
        #expect(AuditCursor(text) == nil)
    }

    @Test func cursorsOfTheInstallationReadBack() throws {
        let cursor = try #require(AuditCursor("-5_7_"))
        #expect(cursor.text == "-5_7_")
        #expect(AuditCursor("5_7_a_b")?.text == "5_7_a_b")
    }
}
