import Policy
import Testing

@Suite("Settings")
struct SettingsTests {
    private static let masterKey = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

    @Test("Defaults")
    func defaults() throws {
        let settings = try settings()
        #expect(settings == Settings())
        #expect(settings.listen == "127.0.0.1:8080")
        #expect(settings.dataDir == "./martlet-data" && settings.policiesDir == "./policies")
        #expect(settings.databaseURL == nil && settings.redisURL == nil && settings.masterKey == nil)
        #expect(settings.adminEmail == "admin@localhost" && settings.adminPassword == nil)
        #expect(settings.jwtIssuers.isEmpty && settings.tls == nil)
        #expect(settings.requestBodyLimit == 33_554_432)
        #expect(settings.shutdownGrace == 30_000)
        #expect(settings.promptCapture == .off && settings.retention == 2_592_000_000)
        #expect(settings.otlp.endpoint == nil && settings.otlp.serviceName == "martlet")
        #expect(settings.otlp.sampler == .parentAlwaysOn && settings.otlp.samplerArgument == nil)
        #expect(settings.outboxFsync == .interval && settings.logLevel == .info)
    }

    static let everything = """
        listen: "[::1]:9000"
        data_dir: /var/lib/martlet
        policies_dir: /etc/martlet/policies
        database_url: postgres://u:p@db:5432/martlet
        redis_url: rediss://:pw@redis:6379/1
        master_key: \(masterKey)
        admin_email: root@example.com
        admin_password: 0123
        jwt:
          issuers:
            - issuer: https://id.example
              jwks_url: https://id.example/jwks
              audiences: [martlet, other]
              algorithms: [RS256, ES256]
              tenant_claim: org.id
              user_claim: email
              roles_claim: groups
              scopes_claim: scp
              allow_private_network: true
            - {issuer: local, jwks_file: /etc/keys.json, algorithms: [HS256]}
        tls: {cert: /etc/tls.crt, key: /etc/tls.key}
        limits: {request_body_bytes: 1MiB}
        shutdown_grace: 1m
        prompt_capture: redacted
        retention: 7d
        otlp: {endpoint: "http://collector:4318/", service_name: gw, sampler: traceidratio, sampler_arg: 0.25}
        outbox: {fsync: always}
        log_level: debug
        """

    @Test("Every key of the file")
    func file() throws {
        let settings = try settings(Self.everything)
        #expect(settings.listen == "[::1]:9000")
        #expect(settings.dataDir == "/var/lib/martlet" && settings.policiesDir == "/etc/martlet/policies")
        #expect(
            settings.databaseURL == "postgres://u:p@db:5432/martlet" && settings.redisURL == "rediss://:pw@redis:6379/1"
        )
        #expect(settings.masterKey == Self.masterKey)
        // Scalars are text as written, not numbers.
        #expect(settings.adminEmail == "root@example.com" && settings.adminPassword == "0123")
        #expect(settings.tls?.certificate == "/etc/tls.crt" && settings.tls?.key == "/etc/tls.key")
        #expect(settings.requestBodyLimit == 1_048_576 && settings.shutdownGrace == 60_000)
        #expect(settings.promptCapture == .redacted && settings.retention == 604_800_000)
        #expect(settings.otlp.endpoint == "http://collector:4318" && settings.otlp.serviceName == "gw")
        #expect(settings.otlp.sampler == .ratio && settings.otlp.samplerArgument == "0.25")
        #expect(settings.outboxFsync == .always && settings.logLevel == .debug)
        let first = try #require(settings.jwtIssuers.first)
        #expect(first.issuer == "https://id.example" && first.keys == .url("https://id.example/jwks"))
        #expect(first.audiences == ["martlet", "other"] && first.algorithms == [.rs256, .es256])
        #expect(first.tenantClaim == "org.id" && first.userClaim == "email" && first.rolesClaim == "groups")
        #expect(first.scopesClaim == "scp" && first.allowPrivateNetwork)
        let second = try #require(settings.jwtIssuers.last)
        #expect(second.keys == .file("/etc/keys.json") && second.algorithms == [.hs256])
        #expect(second.tenantClaim == "tenant" && second.userClaim == "sub" && !second.allowPrivateNetwork)
    }

    @Test("Flags over environment over file over defaults")
    func precedence() throws {
        let file = "listen: a:1\ndata_dir: file\npolicies_dir: file\nlog_level: debug"
        let environment = ["MARTLET_LISTEN": "b:2", "MARTLET_DATA_DIR": "environment", "MARTLET_LOG_LEVEL": "ERROR"]
        var flags = SettingsOverrides()
        #expect(try settings(file).listen == "a:1")
        let middle = try settings(file, environment: environment)
        #expect(
            middle.listen == "b:2" && middle.dataDir == "environment" && middle.policiesDir == "file"
                && middle.logLevel == .error)
        flags.listen = "c:3"
        flags.policiesDir = "flag"
        flags.logLevel = "trace"
        let top = try settings(file, environment: environment, flags: flags)
        #expect(
            top.listen == "c:3" && top.dataDir == "environment" && top.policiesDir == "flag" && top.logLevel == .trace)
        flags.dataDir = "flag"
        #expect(try settings(file, environment: environment, flags: flags).dataDir == "flag")
    }

    @Test("Variables")
    func variables() throws {
        let settings = try settings(environment: [
            "MARTLET_DATABASE_URL": "postgresql://db/m", "MARTLET_REDIS_URL": "redis://r:6379",
            "MARTLET_MASTER_KEY": Self.masterKey,
            "MARTLET_ADMIN_EMAIL": "a@b", "MARTLET_ADMIN_PASSWORD": "pw", "MARTLET_TLS_CERT": "c",
            "MARTLET_TLS_KEY": "k",
            "MARTLET_OUTBOX_FSYNC": "off", "MARTLET_POLICIES_DIR": "p", "LOG_LEVEL": "warning",
            "OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318", "OTEL_SERVICE_NAME": "s",
            "OTEL_TRACES_SAMPLER": "always_off",
            "OTEL_TRACES_SAMPLER_ARG": "0.5", "PATH": "/bin", "MARTLET_SERVICE_HOST": "10.0.0.1",
            "MARTLET_PORT": "tcp://10.0.0.1:80",
            "MARTLET_PORT_80_TCP_ADDR": "10.0.0.1",
        ])
        #expect(settings.databaseURL == "postgresql://db/m" && settings.redisURL == "redis://r:6379")
        #expect(settings.masterKey == Self.masterKey && settings.adminEmail == "a@b" && settings.adminPassword == "pw")
        #expect(settings.tls?.certificate == "c" && settings.tls?.key == "k" && settings.outboxFsync == .off)
        #expect(settings.policiesDir == "p" && settings.logLevel == .warning)
        #expect(settings.otlp.endpoint == "http://c:4318" && settings.otlp.serviceName == "s")
        #expect(settings.otlp.sampler == .alwaysOff && settings.otlp.samplerArgument == "0.5")
        let both = try Policy.Settings.load(
            file: nil, environment: ["LOG_LEVEL": "debug", "MARTLET_LOG_LEVEL": "error"], flags: SettingsOverrides())
        #expect(both.logLevel == .error)
    }

    @Test("Empty variables are not set")
    func emptyVariables() throws {
        #expect(
            try settings(environment: ["MARTLET_LISTEN": "", "LOG_LEVEL": "", "MARTLET_TLS_CERT": ""]) == Settings())
    }
}

@Suite("What is wrong with settings")
struct SettingsComplaintTests {
    @Test(
        "In the file",
        arguments: [
            ("listne: a:1", "listne: unknown key; did you mean \"listen\"?"),
            ("listen: 8080", "listen: \"8080\" is not HOST:PORT, for example 127.0.0.1:8080"),
            ("listen: [a]", "listen: text is expected here, not a list"),
            ("listen: \":8080\"", "listen: \":8080\" is not HOST:PORT, for example 127.0.0.1:8080"),
            ("listen: \"::1:80\"", "listen: \"::1:80\" is not HOST:PORT, for example 127.0.0.1:8080"),
            ("listen: \"h:99999\"", "listen: \"h:99999\" is not HOST:PORT, for example 127.0.0.1:8080"),
            ("database_url: mysql://x", "database_url: a database is \"sqlite\" or postgres://user:pass@host:port/db"),
            ("redis_url: \"http://x\"", "redis_url: a Redis is redis://[:pass@]host:port[/db] or rediss://…"),
            (
                "master_key: short",
                "master_key: a master key is 32 bytes in base64; make one with: openssl rand -base64 32"
            ),
            ("tls: {cert: a}", "tls: \"cert\" and \"key\" are needed together"),
            ("tls: {certificate: a, cert: a, key: b}", "tls.certificate: unknown key; valid are cert, key"),
            (
                "limits: {request_body_bytes: 5 parsecs}",
                "limits.request_body_bytes: a size such as 1024, 64KiB or 32MiB is expected here, not \"5 parsecs\""
            ),
            (
                "limits: {request_body_bytes: 0}",
                "limits.request_body_bytes: a size such as 1024, 64KiB or 32MiB is expected here, not \"0\""
            ),
            (
                "shutdown_grace: 30",
                "shutdown_grace: a duration such as 500ms, 3s, 2m, 1h or 7d is expected here, not \"30\""
            ),
            ("prompt_capture: all", "prompt_capture: \"all\" is not one of off, redacted, full"),
            ("outbox: {fsync: sometimes}", "outbox.fsync: \"sometimes\" is not one of off, interval, always"),
            (
                "log_level: warn",
                "log_level: \"warn\" is not one of trace, debug, info, notice, warning, error, critical"
            ),
            ("otlp: {endpoint: collector}", "otlp.endpoint: an absolute http or https URL is expected here"),
            (
                "otlp: {sampler: alway_on}",
                "otlp.sampler: \"alway_on\" is not one of always_on, always_off, traceidratio, parentbased_always_on, "
                    + "parentbased_always_off, parentbased_traceidratio; did you mean \"always_on\"?"
            ),
            ("otlp: {sampler_arg: 2}", "otlp.sampler_arg: a share from 0 to 1 is expected here"),
            ("jwt: {issuers: [{jwks_url: \"https://x\"}]}", "jwt.issuers[0]: \"issuer\" is missing"),
            (
                "jwt: {issuers: [{issuer: a}]}",
                "jwt.issuers[0]: exactly one of \"jwks_url\" and \"jwks_file\" is needed"
            ),
            (
                "jwt: {issuers: [{issuer: a, jwks_url: \"https://x\", jwks_file: f}]}",
                "jwt.issuers[0]: exactly one of \"jwks_url\" and \"jwks_file\" is needed"
            ),
            (
                "jwt: {issuers: [{issuer: a, jwks_file: f, algorithms: []}]}",
                "jwt.issuers[0].algorithms: at least one algorithm is needed"
            ),
            (
                "jwt: {issuers: [{issuer: a, jwks_file: f}, {issuer: a, jwks_file: g}]}",
                "jwt.issuers[1]: the issuer \"a\" is already configured"
            ),
            (
                "jwt: {issuers: [{issuer: a, jwks_url: \"https://x\", algorithms: [HS256]}]}",
                "jwt.issuers[0].algorithms[0]: shared secrets come from a jwks_file, not from a URL"
            ),
            (
                "jwt: {issuers: [{issuer: a, jwks_url: \"http://x.example\"}]}",
                "jwt.issuers[0].jwks_url: keys come over https; http needs \"allow_private_network\""
            ),
            (
                "jwt: {issuers: [{issuer: a, jwks_file: f, algorithms: RS256}]}",
                "jwt.issuers[0].algorithms: a list is expected here, not \"RS256\""
            ),
            ("jwt: {issuers: {issuer: a}}", "jwt.issuers: a list is expected here, not a mapping"),
        ])
    func file(yaml: String, complaint: String) {
        #expect(settingsComplaints("# comment\n" + yaml) == ["martlet.yaml:2: " + complaint])
    }

    @Test("In the environment and in flags, all at once")
    func elsewhere() {
        var flags = SettingsOverrides()
        flags.logLevel = "loud"
        flags.listen = "nowhere"
        let found = settingsComplaints(
            "colour: red",
            environment: [
                "MARTLET_LISTEN": "x", "MARTLET_LOGLEVEL": "info", "MARTLET_TLS_KEY": "k",
                "OTEL_EXPORTER_OTLP_ENDPOINT": "c:1",
                "MARTLET_MASTER_KEY": "secret", "OTEL_TRACES_SAMPLER_ARG": "-1",
            ], flags: flags)
        #expect(found.count == 9)
        #expect(found.contains("environment: MARTLET_LISTEN: \"x\" is not HOST:PORT, for example 127.0.0.1:8080"))
        #expect(found.contains("environment: MARTLET_LOGLEVEL: unknown variable; did you mean \"MARTLET_LOG_LEVEL\"?"))
        #expect(
            found.contains("environment: MARTLET_TLS_CERT: MARTLET_TLS_CERT and MARTLET_TLS_KEY are needed together"))
        #expect(
            found.contains("environment: OTEL_EXPORTER_OTLP_ENDPOINT: an absolute http or https URL is expected here"))
        #expect(found.contains("command line: --listen: \"nowhere\" is not HOST:PORT, for example 127.0.0.1:8080"))
        #expect(found.contains { $0.hasPrefix("command line: --log-level: \"loud\" is not one of trace, ") })
        #expect(found.contains { $0.hasPrefix("martlet.yaml:1: colour: unknown key; valid are listen, ") })
        #expect(!found.contains { $0.contains("secret") })
    }

    @Test("Files that cannot be read at all", arguments: ["- a", "{", "a: b: c"])
    func broken(text: String) {
        #expect(settingsComplaints(text).count == 1)
    }
}
