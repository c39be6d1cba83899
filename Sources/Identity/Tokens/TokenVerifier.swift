import Logging
import Storage
import Synchronization

/// Verifies JSON Web Tokens of the configured issuers.
///
/// The token's header chooses nothing: the issuer is found by `iss`, its configuration says which
/// algorithms and keys count, and only then is a signature looked at.
final class TokenVerifier: Sendable {
    private struct Source: Sendable {
        let issuer: JWTIssuer
        let keys: KeySetSource
    }

    private let sources: [String: Source]
    private let options: TokenOptions
    private let clock: WallClock

    init(
        issuers: [JWTIssuer], options: TokenOptions, fetch: @escaping KeySetFetch, clock: @escaping WallClock,
        logger: Logger, onSwap: @escaping @Sendable () -> Void
    ) {
        let pairs = issuers.map { issuer in
            let keys = KeySetSource(
                issuer: issuer, options: options, fetch: fetch, clock: clock, logger: logger, onSwap: onSwap)
            return (issuer.issuer, Source(issuer: issuer, keys: keys))
        }
        sources = Dictionary(pairs, uniquingKeysWith: { first, _ in first })
        self.options = options
        self.clock = clock
    }

    var hasIssuers: Bool { !sources.isEmpty }

    /// Whether a credential is worth parsing as a token.
    func claims(_ token: [UInt8]) -> Bool {
        hasIssuers && token.count <= options.maximumBytes && CompactToken.isClaimed(by: token)
    }

    /// Who the token stands for, and until when that may be believed (milliseconds since 1970).
    func verify(_ token: [UInt8]) async throws(AuthenticationFailure) -> (identity: Identity, validUntil: Int) {
        guard token.count <= options.maximumBytes, let parsed = CompactToken(token), !parsed.hasCriticalExtensions
        else {
            throw AuthenticationFailure(.malformed)
        }
        guard let issuer = parsed.claims["iss"]?.stringValue, let source = sources[issuer] else {
            throw AuthenticationFailure(.unknownIssuer)
        }
        guard let algorithm = SignatureAlgorithm(rawValue: parsed.algorithm),
            source.issuer.algorithms.contains(algorithm)
        else { throw AuthenticationFailure(.unsupportedAlgorithm) }

        switch await source.keys.find(keyID: parsed.keyID, algorithm: algorithm) {
        case .unavailable: throw AuthenticationFailure(.unavailable)
        case .none: throw AuthenticationFailure(.unknownSigningKey)
        case .keys(let keys):
            guard keys.contains(where: { $0.verifies(parsed.signature, signed: parsed.signed) }) else {
                throw AuthenticationFailure(.badSignature)
            }
        }
        let reader = ClaimReader(issuer: source.issuer, claims: parsed.claims, leewaySeconds: options.leewaySeconds)
        let validUntil = try reader.checkTimes(now: clock())
        try reader.checkAudience()
        return (try reader.identity(), validUntil.milliseconds)
    }

    /// Refreshes key sets that are due, all at once; for a background loop.
    func maintain() async {
        await withTaskGroup { group in
            for source in sources.values { group.addTask { await source.keys.maintain() } }
        }
    }
}
