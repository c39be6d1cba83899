import Foundation
import Identity
import Storage
import Synchronization

/// A key set behind a pretended URL: what it answers can change, and fetches are counted.
final class KeySetServer: Sendable {
    private let state = Mutex((body: "", isDown: false, fetches: 0, lastURL: "", allowedPrivate: false))

    init(_ body: String) {
        self.body = body
    }

    var body: String {
        get { state.withLock { $0.body } }
        set { state.withLock { $0.body = newValue } }
    }

    var isDown: Bool {
        get { state.withLock { $0.isDown } }
        set { state.withLock { $0.isDown = newValue } }
    }

    var fetches: Int { state.withLock { $0.fetches } }
    var lastURL: String { state.withLock { $0.lastURL } }
    var allowedPrivate: Bool { state.withLock { $0.allowedPrivate } }

    var fetch: KeySetFetch {
        { url, allowPrivate in
            try self.state.withLock { state in
                state.fetches += 1
                state.lastURL = url
                state.allowedPrivate = allowPrivate
                guard !state.isDown else { throw StorageError.unavailable("pretended") }
                return Array(state.body.utf8)
            }
        }
    }
}

/// Claims of a token for the issuer `https://issuer.test`, as JSON.
enum TestClaims {
    static let issuer = "https://issuer.test"

    /// Valid for an hour from `now` for tenant `acme` and user `ana`, with `changes` on top: JSON texts,
    /// nil takes a claim away.
    static func json(_ now: Timestamp = TestClock.start, _ changes: [String: String?] = [:]) -> String {
        let seconds = now.milliseconds / 1000
        var claims = [
            "iss": "\"\(issuer)\"", "aud": "\"martlet\"", "sub": "\"ana\"", "tenant": "\"acme\"",
            "exp": "\(seconds + 3600)", "iat": "\(seconds)",
        ]
        for (name, value) in changes { claims[name] = value }
        return "{" + claims.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",") + "}"
    }
}

extension JWTIssuer {
    static func test(
        keys: KeySource = .url("https://issuer.test/jwks", allowPrivateNetwork: false),
        algorithms: [SignatureAlgorithm] = [.rs256, .es256, .edDSA], tenantClaim: String = "tenant",
        userClaim: String = "sub", rolesClaim: String? = nil, scopesClaim: String? = nil
    ) -> JWTIssuer {
        JWTIssuer(
            issuer: TestClaims.issuer, keys: keys, audiences: ["martlet", "other"], algorithms: algorithms,
            tenantClaim: tenantClaim, userClaim: userClaim, rolesClaim: rolesClaim, scopesClaim: scopesClaim)
    }
}
