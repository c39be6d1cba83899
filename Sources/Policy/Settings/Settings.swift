/// How this installation runs: `martlet.yaml`, the environment and the flags.
///
/// Each member names its key; the variables are in the table of ``Settings/load(file:environment:flags:isTimezone:)``.
package struct Settings: Sendable, Hashable {
    package enum PromptCapture: String, Sendable, Hashable, CaseIterable {
        case off, redacted, full
    }

    package enum OutboxFsync: String, Sendable, Hashable, CaseIterable {
        case off, interval, always
    }

    /// What happens to requests when there is no room to write them down.
    package enum OutboxFull: String, Sendable, Hashable, CaseIterable {
        /// They are refused with 503.
        case reject
        /// They are answered, and each that could not be recorded is a critical log line.
        case `continue`
    }

    package enum LogLevel: String, Sendable, Hashable, CaseIterable {
        case trace, debug, info, notice, warning, error, critical
    }

    /// `listen`: HOST:PORT.
    package var listen = "127.0.0.1:8080"
    /// `data_dir`
    package var dataDir = "./martlet-data"
    /// `policies_dir`
    package var policiesDir = "./policies"
    /// `database_url`; nil: SQLite in `data_dir`.
    package var databaseURL: String?
    /// `redis_url`; nil: everything in process.
    package var redisURL: String?
    /// `master_key`, base64; nil: the file in `data_dir`, made on the first start.
    package var masterKey: String?
    /// `admin_email`
    package var adminEmail = "admin@localhost"
    /// `admin_password`; nil: random, printed once.
    package var adminPassword: String?
    /// `jwt.issuers[]`
    package var jwtIssuers: [JWTIssuerSettings] = []
    /// `tls.cert` and `tls.key`, PEM files; nil: plain HTTP.
    package var tls: TLSFiles?
    /// `limits.lease`: how long what a request holds of its limits outlives the process that held it.
    package var leaseMilliseconds = 30_000
    /// `limits.request_body_bytes`
    package var requestBodyLimit = 32 << 20
    /// `shutdown_grace`, milliseconds.
    package var shutdownGrace = 30_000
    /// `prompt_capture`
    package var promptCapture = PromptCapture.off
    /// `retention` of captured prompts, milliseconds.
    package var retention = 30 * 86_400_000
    /// `otlp`
    package var otlp = OTLPSettings()
    /// `outbox.fsync`
    package var outboxFsync = OutboxFsync.interval
    /// `outbox.max_bytes`: how much may wait for the database.
    package var outboxMaxBytes = 1 << 30
    /// `outbox.when_full`
    package var outboxWhenFull = OutboxFull.reject
    /// `log_level`
    package var logLevel = LogLevel.info

    package init() {}
}

/// An issuer of tokens, `jwt.issuers[]`.
package struct JWTIssuerSettings: Sendable, Hashable {
    package enum Algorithm: String, Sendable, Hashable, CaseIterable {
        case rs256 = "RS256"
        case rs384 = "RS384"
        case rs512 = "RS512"
        case ps256 = "PS256"
        case ps384 = "PS384"
        case ps512 = "PS512"
        case es256 = "ES256"
        case es384 = "ES384"
        case es512 = "ES512"
        case edDSA = "EdDSA"
        case hs256 = "HS256"
        case hs384 = "HS384"
        case hs512 = "HS512"

        /// Signed and checked with one shared secret.
        var isSymmetric: Bool { [.hs256, .hs384, .hs512].contains(self) }
    }

    package enum KeySource: Sendable, Hashable {
        case url(String)
        case file(String)
    }

    package var issuer: String
    package var keys: KeySource
    /// Empty: any audience.
    package var audiences: [String]
    /// Never empty.
    package var algorithms: [Algorithm]
    /// Claims by name or dotted path.
    package var tenantClaim = "tenant"
    package var userClaim = "sub"
    package var rolesClaim = "roles"
    package var scopesClaim = "scope"
    /// Whether the JWKS URL may have a private address.
    package var allowPrivateNetwork = false
}

package struct TLSFiles: Sendable, Hashable {
    package var certificate: String
    package var key: String
}

/// Tracing; off without an endpoint.
package struct OTLPSettings: Sendable, Hashable {
    package var endpoint: String?
    package var serviceName = "martlet"
    package var sampler = Sampler.parentAlwaysOn
    /// A decimal from 0 to 1, for the two samplers by ratio.
    package var samplerArgument: String?

    /// The samplers of the OpenTelemetry specification that need no further service.
    package enum Sampler: String, Sendable, Hashable, CaseIterable {
        case alwaysOn = "always_on"
        case alwaysOff = "always_off"
        case ratio = "traceidratio"
        case parentAlwaysOn = "parentbased_always_on"
        case parentAlwaysOff = "parentbased_always_off"
        case parentRatio = "parentbased_traceidratio"
    }

    static func isRatio(_ text: String) -> Bool {
        Double(text).map { (0...1).contains($0) } ?? false
    }

    static let ratioComplaint = "a share from 0 to 1 is expected here"
}

/// What the command line sets; it wins over everything else.
package struct SettingsOverrides: Sendable, Hashable {
    package var listen: String?
    package var dataDir: String?
    package var policiesDir: String?
    package var logLevel: String?

    package init() {}
}
