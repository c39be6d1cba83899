import Testing

@testable import Storage

@Suite struct PostgreSQLErrorTests {
    private func error(_ state: String) -> StorageError {
        StorageError(postgreSQL: PostgreSQLFailure(cause: .server(state: state), message: "m"), sql: "SELECT 1")
    }

    @Test(
        arguments: [
            ("23505", .constraint(.unique, "m in: SELECT 1")), ("23503", .constraint(.foreignKey, "m in: SELECT 1")),
            ("23502", .constraint(.notNull, "m in: SELECT 1")), ("23514", .constraint(.check, "m in: SELECT 1")),
            ("23P01", .constraint(.check, "m in: SELECT 1")), ("22003", .constraint(.check, "m in: SELECT 1")),
            ("22P02", .constraint(.check, "m in: SELECT 1")), ("42804", .constraint(.check, "m in: SELECT 1")),
            ("40001", .unavailable("m in: SELECT 1")), ("40P01", .unavailable("m in: SELECT 1")),
            ("53100", .unavailable("m in: SELECT 1")), ("53300", .unavailable("m in: SELECT 1")),
            ("55P03", .unavailable("m in: SELECT 1")), ("57014", .unavailable("m in: SELECT 1")),
            ("57P01", .unavailable("m in: SELECT 1")), ("58030", .unavailable("m in: SELECT 1")),
            ("25006", .unavailable("m in: SELECT 1")), ("28P01", .unavailable("m in: SELECT 1")),
            ("3D000", .unavailable("m in: SELECT 1")), ("42501", .unavailable("m in: SELECT 1")),
            ("XX001", .corrupt("m in: SELECT 1")), ("XX002", .corrupt("m in: SELECT 1")),
            ("XX000", .invalid("m in: SELECT 1")), ("42601", .invalid("m in: SELECT 1")),
            ("42P01", .invalid("m in: SELECT 1")), ("", .invalid("m in: SELECT 1")),
        ] as [(String, StorageError)])
    func codesHaveTheirKind(state: String, expected: StorageError) {
        #expect(error(state) == expected)
    }

    @Test func lostConnectionsAreUnavailable() {
        for cause in [PostgreSQLFailure.Cause.lost, .timeout] {
            let failure = PostgreSQLFailure(cause: cause, message: "m")
            #expect(StorageError(postgreSQL: failure) == .unavailable("m"))
            #expect(failure.endsConnection)
        }
        let failure = PostgreSQLFailure(cause: .unsendable, message: "m")
        #expect(StorageError(postgreSQL: failure) == .invalid("m"))
    }

    @Test func aTransactionThatCannotBeginIsUnavailable() {
        for state in ["0A000", "55P03", "25006"] {
            var failure = PostgreSQLFailure(cause: .server(state: state), message: "m")
            failure.isOfOpening = true
            let expected = StorageError.unavailable("m at the beginning of a transaction")
            #expect(StorageError(postgreSQL: failure, sql: "SELECT 1") == expected)
        }
    }

    @Test func whatIsWorthAnotherAttempt() {
        func failure(_ state: String, _ function: String = "") -> PostgreSQLFailure {
            PostgreSQLFailure(cause: .server(state: state), message: "m", function: function)
        }
        #expect(failure("40001").isConflict)
        #expect(failure("40P01").isConflict)
        #expect(!failure("40002").isConflict)
        #expect(!failure("23505").isConflict)
        #expect(failure("26000").isStaleStatement)
        #expect(failure("0A000", "RevalidateCachedQuery").isStaleStatement)
        #expect(!failure("0A000", "other").isStaleStatement)
        #expect(!failure("40001").endsConnection)
    }
}
