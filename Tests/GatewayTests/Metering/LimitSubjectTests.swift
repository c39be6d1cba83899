import Identity
import Policy
import Testing

@testable import Gateway

@Suite("Subjects of limits")
struct LimitSubjectTests {
    private func names(_ subject: LimitSubject) -> [String?] {
        LimitRule.Scope.allCases.map { subject.name(in: $0) }
    }

    @Test("each scope counts by its own name")
    func key() {
        // global, tenant, user, key, key_model, tenant_model, end_user
        #expect(
            names(LimitFixtures.subject(endUser: "bob")) == ["", "", "ann", "key_1", "key_1/gpt", "gpt", "bob"])
    }

    @Test("a limit does not concern a request without such a subject")
    func missing() {
        #expect(names(LimitFixtures.subject(user: nil)) == ["", "", nil, "key_1", "key_1/gpt", "gpt", nil])
    }

    @Test("a token counts as its user's key, and no key can have that name")
    func token() {
        #expect(names(LimitFixtures.subject(key: nil)) == ["", "", "ann", "jwt/ann", "jwt%2Fann/gpt", "gpt", nil])
        #expect(LimitFixtures.subject(key: nil, user: nil).credential == "jwt/")
    }

    @Test("callers are told apart by everything that a limit counts by")
    func hashing() {
        let subjects: Set<LimitSubject> = [
            LimitFixtures.subject(), LimitFixtures.subject(tenant: "other"), LimitFixtures.subject(key: "key_2"),
            LimitFixtures.subject(user: "eve"), LimitFixtures.subject(model: "claude"),
            LimitFixtures.subject(endUser: "bob"), LimitFixtures.subject(endUser: ""), LimitFixtures.subject(),
        ]
        #expect(subjects.count == 7)
    }

    @Test("an end user's name of any length becomes one of bounded length")
    func longEndUser() {
        let long = String(repeating: "x", count: 100_000)
        #expect(LimitSubject.shortened(long).utf8.count <= 128)
        #expect(LimitSubject.shortened(long) == LimitSubject.shortened(long))
        #expect(LimitSubject.shortened(long) != LimitSubject.shortened(long + "y"))
        #expect(LimitSubject.shortened(String(long.prefix(64))) == long.prefix(64))
        // Sixty-four characters, but more bytes.
        #expect(LimitSubject.shortened(String(repeating: "ü", count: 64)).hasPrefix("sha256/"))
    }

    @Test("a user and a model whose names hold slashes are not taken for another pair")
    func slashes() {
        let first = LimitFixtures.subject(key: nil, user: "a", model: "b/c").name(in: .keyModel)
        let second = LimitFixtures.subject(key: nil, user: "a/b", model: "c").name(in: .keyModel)
        #expect(first != second)
    }
}
