extension Settings {
    /// Flags win over the environment, the environment over the file, the file over the defaults. All problems of all
    /// four are reported at once.
    package static func load(
        file: PolicyFile?, environment: [String: String], flags: SettingsOverrides
    ) throws(PolicyErrors) -> Settings {
        let problems = Problems()
        var settings = Settings()
        if let file, let root = Document.root(file, problems) { settings.read(root) }
        settings.apply(environment, problems)
        settings.apply(flags, problems)
        guard problems.list.isEmpty else { throw PolicyErrors(problems.sorted) }
        return settings
    }

    private mutating func read(_ root: Cursor) {
        let known = [
            "listen", "data_dir", "policies_dir", "database_url", "redis_url", "master_key", "admin_email",
            "admin_password", "jwt", "tls", "limits", "shutdown_grace", "prompt_capture", "retention", "otlp", "outbox",
            "log_level",
        ]
        guard let members = root.members(known) else { return }
        func text(_ name: String) -> String? { members[name]?.nonEmptyText() }
        if let place = members["listen"], let value = place.nonEmptyText() {
            if Self.isAddress(value) { listen = value } else { place.fail(Self.addressComplaint(value)) }
        }
        dataDir = text("data_dir") ?? dataDir
        policiesDir = text("policies_dir") ?? policiesDir
        databaseURL = text("database_url")
        redisURL = text("redis_url")
        masterKey = text("master_key")
        adminEmail = text("admin_email") ?? adminEmail
        adminPassword = text("admin_password")
        if let value = members["shutdown_grace"]?.duration() { shutdownGrace = value }
        if let value = members["prompt_capture"]?.choice(PromptCapture.self) { promptCapture = value }
        if let value = members["retention"]?.duration() { retention = value }
        if let value = members["log_level"]?.choice(LogLevel.self) { logLevel = value }
        readLimits(members["limits"])
        readOutbox(members["outbox"])
        readTLS(members["tls"])
        readTracing(members["otlp"])
        for place in members["jwt"]?.members(["issuers"])?["issuers"]?.list() ?? [] {
            guard let issuer = Self.readIssuer(place) else { continue }
            if jwtIssuers.contains(where: { $0.issuer == issuer.issuer }) {
                place.fail("the issuer \"\(issuer.issuer)\" is already configured")
            }
            jwtIssuers.append(issuer)
        }
        checkURLs(members)
    }

    private mutating func readLimits(_ place: Cursor?) {
        guard let members = place?.members(["request_body_bytes", "lease"]) else { return }
        if let value = members["request_body_bytes"]?.bytes() { requestBodyLimit = value }
        if let place = members["lease"], let value = place.duration() {
            if (1_000...3_600_000).contains(value) {
                leaseMilliseconds = value
            } else {
                place.fail("a lease lasts from 1s to 1h")
            }
        }
    }

    private mutating func readOutbox(_ place: Cursor?) {
        guard let outbox = place?.members(["fsync", "max_bytes", "when_full"]) else { return }
        if let value = outbox["fsync"]?.choice(OutboxFsync.self) { outboxFsync = value }
        if let value = outbox["when_full"]?.choice(OutboxFull.self) { outboxWhenFull = value }
        guard let size = outbox["max_bytes"], let value = size.bytes() else { return }
        if value >= Self.smallestOutbox { outboxMaxBytes = value } else { size.fail("at least 64MiB is expected here") }
    }

    /// Two segments for each of eight event loops.
    private static let smallestOutbox = 64 << 20

    private mutating func readTLS(_ place: Cursor?) {
        guard let place, let members = place.members(["cert", "key"]) else { return }
        guard let certificate = members["cert"]?.nonEmptyText(), let key = members["key"]?.nonEmptyText() else {
            place.fail("\"cert\" and \"key\" are needed together")
            return
        }
        tls = TLSFiles(certificate: certificate, key: key)
    }

    private mutating func readTracing(_ place: Cursor?) {
        guard let members = place?.members(["endpoint", "service_name", "sampler", "sampler_arg"]) else { return }
        otlp.endpoint = members["endpoint"]?.baseURL()
        otlp.serviceName = members["service_name"]?.nonEmptyText() ?? otlp.serviceName
        if let value = members["sampler"]?.choice(OTLPSettings.Sampler.self) { otlp.sampler = value }
        if let place = members["sampler_arg"], let value = place.nonEmptyText() {
            if OTLPSettings.isRatio(value) {
                otlp.samplerArgument = value
            } else {
                place.fail(OTLPSettings.ratioComplaint)
            }
        }
    }

    private static func readIssuer(_ place: Cursor) -> JWTIssuerSettings? {
        let known = [
            "issuer", "jwks_url", "jwks_file", "audiences", "algorithms", "tenant_claim", "user_claim", "roles_claim",
            "scopes_claim", "allow_private_network",
        ]
        guard let members = place.members(known) else { return nil }
        guard let name = members["issuer"]?.nonEmptyText() else {
            if members["issuer"] == nil { place.fail("\"issuer\" is missing") }
            return nil
        }
        let keys: JWTIssuerSettings.KeySource
        switch (members["jwks_url"], members["jwks_file"]) {
        case (let url?, nil):
            guard let value = url.url() else { return nil }
            keys = .url(value)
        case (nil, let file?):
            guard let value = file.nonEmptyText() else { return nil }
            keys = .file(value)
        default:
            place.fail("exactly one of \"jwks_url\" and \"jwks_file\" is needed")
            return nil
        }
        var issuer = JWTIssuerSettings(
            issuer: name, keys: keys, audiences: members["audiences"]?.texts() ?? [],
            algorithms: [.rs256, .es256, .edDSA])
        if let place = members["algorithms"] { issuer.algorithms = readAlgorithms(place, keys) }
        issuer.tenantClaim = members["tenant_claim"]?.nonEmptyText() ?? issuer.tenantClaim
        issuer.userClaim = members["user_claim"]?.nonEmptyText() ?? issuer.userClaim
        issuer.rolesClaim = members["roles_claim"]?.nonEmptyText() ?? issuer.rolesClaim
        issuer.scopesClaim = members["scopes_claim"]?.nonEmptyText() ?? issuer.scopesClaim
        issuer.allowPrivateNetwork = members["allow_private_network"]?.flag() ?? false
        if case .url(let url) = keys, !url.lowercased().hasPrefix("https:"), !issuer.allowPrivateNetwork {
            members["jwks_url"]?.fail("keys come over https; http needs \"allow_private_network\"")
        }
        return issuer
    }

    private static func readAlgorithms(
        _ place: Cursor, _ keys: JWTIssuerSettings.KeySource
    ) -> [JWTIssuerSettings.Algorithm] {
        guard let places = place.list() else { return [] }
        if places.isEmpty { place.fail("at least one algorithm is needed") }
        return places.compactMap { place in
            guard let algorithm = place.choice(JWTIssuerSettings.Algorithm.self) else { return nil }
            if case .url = keys, algorithm.isSymmetric {
                place.fail("shared secrets come from a jwks_file, not from a URL")
            }
            return algorithm
        }
    }

    private func checkURLs(_ members: [String: Cursor]) {
        if let value = databaseURL, let problem = Self.databaseProblem(value) { members["database_url"]?.fail(problem) }
        if let value = redisURL, let problem = Self.redisProblem(value) { members["redis_url"]?.fail(problem) }
        if let value = masterKey, !Self.isMasterKey(value) { members["master_key"]?.fail(Self.masterKeyComplaint) }
    }
}
