import Storage
import Testing

@Suite struct DatabaseURLTests {
    private func target(_ text: String) throws -> PostgreSQLTarget {
        guard case .postgreSQL(let target, _) = try DatabaseURL(text) else { throw DatabaseURLError.scheme }
        return target
    }

    @Test(
        arguments: [
            ("sqlite", nil), ("sqlite:m.db", "m.db"), ("sqlite:/var/m.db", "/var/m.db"),
            ("sqlite:///var/m.db", "/var/m.db"),
        ] as [(String, String?)])
    func files(text: String, path: String?) throws {
        #expect(try DatabaseURL(text) == .sqlite(path: path))
    }

    @Test func allParts() throws {
        let target = try target(
            "postgres://ana:p%40ss%2Fw%25@db.example:6432/martlet?sslmode=verify-full&sslrootcert=/etc/ca%20file.pem")
        #expect(target.addresses == [PostgreSQLAddress(host: "db.example", port: 6432)])
        #expect(target.user == "ana")
        #expect(target.password == "p@ss/w%")
        #expect(target.database == "martlet")
        #expect(target.settings == ["sslmode": "verify-full", "sslrootcert": "/etc/ca file.pem"])
    }

    @Test func partsThatMayBeMissing() throws {
        let bare = try target("postgresql://db/m")
        #expect(bare.addresses == [PostgreSQLAddress(host: "db", port: 5432)])
        #expect(bare.user == nil && bare.password == nil && bare.settings.isEmpty)
        #expect(try target("postgres://u@db/m").user == "u")
        #expect(try target("postgres://u:@db/m").password == "")
        #expect(try target("postgres://u:a:b@c@db/m").password == "a:b@c")
        #expect(try target("postgres:///m?host=/var/run/postgresql").addresses.isEmpty)
    }

    @Test func severalHosts() throws {
        let target = try target("postgres://a,b:7000,[::1],[fe80::1]:7001/m?target_session_attrs=read-write")
        #expect(
            target.addresses == [
                PostgreSQLAddress(host: "a"), PostgreSQLAddress(host: "b", port: 7000), PostgreSQLAddress(host: "::1"),
                PostgreSQLAddress(host: "fe80::1", port: 7001),
            ])
    }

    @Test func theURLSaysHowManyConnections() throws {
        guard case .postgreSQL(let target, let connections) = try DatabaseURL("postgres://db/m?connections=20") else {
            Issue.record("not PostgreSQL")
            return
        }
        #expect(connections == 20)
        #expect(target.settings.isEmpty)
    }

    @Test(
        arguments: [
            ("", .scheme), ("mysql://x", .scheme), ("postgres:db", .scheme), ("/var/m.db", .scheme),
            ("SQLITE", .scheme),
            ("sqlite:", .missingPath), ("sqlite://", .missingPath),
            ("postgres://", .missingDatabase), ("postgres://db", .missingDatabase),
            ("postgres://db/", .missingDatabase),
            ("postgres:///m", .missingHost), ("postgres://u:p@/m", .missingHost),
            ("postgres://db/m?host=/run", .twoHosts),
            ("postgres://d b/m", .invalidHost("d b")), ("postgres://[::1/m", .invalidHost("[::1")),
            ("postgres://[::1]x/m", .invalidHost("[::1]x")), ("postgres://a,,b/m", .invalidHost("")),
            ("postgres://:5432/m", .invalidHost(":5432")),
            ("postgres://db:0/m", .invalidPort), ("postgres://db:99999/m", .invalidPort),
            ("postgres://db:+1/m", .invalidPort), ("postgres://db:x/m", .invalidPort),
            ("postgres://u:p%zz@db/m", .invalidEscape("password")), ("postgres://u%0:p@db/m", .invalidEscape("user")),
            ("postgres://u:p%00@db/m", .invalidEscape("password")),
            ("postgres://db/m%FF", .invalidEscape("database name")),
            ("postgres://u:p?w@db/m", .unescapedQuestionMark), ("postgres://db/m?options=a@b", .unescapedQuestionMark),
            ("postgres://db/m?sslmod=require", .unknownSetting("sslmod")),
            ("postgres://db/m?password=x", .unknownSetting("password")),
            ("postgres://db/m?sslmode=", .emptySetting("sslmode")), ("postgres://db/m?sslmode=yes", .sslMode("yes")),
            ("postgres://db/m?connections=0", .connections("0")), ("postgres://db/m?connections=x", .connections("x")),
        ] as [(String, DatabaseURLError)])
    func mistakesAreNamed(text: String, expected: DatabaseURLError) {
        #expect(throws: expected) { _ = try DatabaseURL(text) }
        #expect(expected.description.count > 20)
    }

    @Test func passwordsAreNotPrinted() throws {
        let url = try DatabaseURL("postgres://ana:s3cret@[::1]:6432/m")
        let target = try target("postgres://ana:s3cret@[::1]:6432/m")
        #expect(target.description == "postgres://ana@[::1]:6432/m")
        var dumped = ""
        dump(url, to: &dumped)
        dump(target, to: &dumped)
        for text in ["\(url)", String(reflecting: url), "\(target)", String(reflecting: target), dumped] {
            #expect(!text.contains("s3cret"))
        }
        let mistakes = [
            "postgres://ana:s3cret@db:x/m", "postgres://ana:s3cret@db", "postgres://ana:s3cret%@db/m",
            "postgres://ana:s3cret/m", "postgres://ana:?s3cret@db/m", "postgres://ana:/s3cret@[db/m",
        ]
        for text in mistakes {
            do {
                _ = try DatabaseURL(text)
                Issue.record("accepted")
            } catch {
                #expect(!"\(error)".contains("s3cret"))
            }
        }
    }
}
