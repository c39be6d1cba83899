import Identity

/// Who is calling.
enum IdentityCases {
    static func all(_ services: SampleServices) async throws -> [Benchmark] {
        // The first time each goes to the database or checks the signature; the cache has it afterwards.
        _ = try await services.authenticator.authenticate(services.key)
        _ = try await services.authenticator.authenticate(services.token)
        let header = "Bearer \(services.key)"
        let stranger = "mk-" + String(repeating: "a", count: services.key.utf8.count - 3)
        return [
            Benchmark("Identity.Credential.Bearer") {
                blackHole(try Credential.find(authorization: header))
            },
            cached("Identity.Cached.APIKey", services.key, services),
            cached("Identity.Cached.JWT", services.token, services),
            Benchmark("Identity.Cached.Unknown") {
                guard services.authenticator.cached(stranger) == nil else { throw UnexpectedOutcome("known") }
            },
        ]
    }

    private static func cached(_ name: String, _ token: String, _ services: SampleServices) -> Benchmark {
        Benchmark(name) {
            guard let identity = services.authenticator.cached(token) else { throw UnexpectedOutcome("not cached") }
            blackHole(identity)
        }
    }
}
