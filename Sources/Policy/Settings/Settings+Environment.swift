extension Settings {
    mutating func apply(_ environment: [String: String], _ problems: Problems) {
        let source = Source(problems: problems, where: "environment") { name in
            environment[name].flatMap { $0.isEmpty ? nil : $0 }
        }
        source.take("MARTLET_LISTEN", Self.isAddress, Self.addressComplaint) { listen = $0 }
        source.take("MARTLET_DATA_DIR") { dataDir = $0 }
        source.take("MARTLET_POLICIES_DIR") { policiesDir = $0 }
        source.take("MARTLET_DATABASE_URL", { Self.databaseProblem($0) == nil }, { Self.databaseProblem($0) ?? "" }) {
            databaseURL = $0
        }
        source.take("MARTLET_REDIS_URL", { Self.redisProblem($0) == nil }, { Self.redisProblem($0) ?? "" }) {
            redisURL = $0
        }
        source.take("MARTLET_MASTER_KEY", Self.isMasterKey, { _ in Self.masterKeyComplaint }) { masterKey = $0 }
        source.take("MARTLET_ADMIN_EMAIL") { adminEmail = $0 }
        source.take("MARTLET_ADMIN_PASSWORD") { adminPassword = $0 }
        source.choose("MARTLET_OUTBOX_FSYNC", OutboxFsync.self) { outboxFsync = $0 }
        // The longer name is the more specific one, so it is applied last.
        source.choose("LOG_LEVEL", LogLevel.self) { logLevel = $0 }
        source.choose("MARTLET_LOG_LEVEL", LogLevel.self) { logLevel = $0 }
        source.take("OTEL_EXPORTER_OTLP_ENDPOINT", { BaseURL.normalised($0) != nil }, BaseURL.complaint) {
            otlp.endpoint = BaseURL.normalised($0)
        }
        source.take("OTEL_SERVICE_NAME") { otlp.serviceName = $0 }
        source.choose("OTEL_TRACES_SAMPLER", OTLPSettings.Sampler.self) { otlp.sampler = $0 }
        source.take("OTEL_TRACES_SAMPLER_ARG", OTLPSettings.isRatio, { _ in OTLPSettings.ratioComplaint }) {
            otlp.samplerArgument = $0
        }
        applyTLS(environment, problems)
        rejectUnknown(environment, problems)
    }

    private mutating func applyTLS(_ environment: [String: String], _ problems: Problems) {
        let certificate = environment["MARTLET_TLS_CERT"] ?? ""
        let key = environment["MARTLET_TLS_KEY"] ?? ""
        if certificate.isEmpty, key.isEmpty { return }
        guard !certificate.isEmpty, !key.isEmpty else {
            problems.add(
                Diagnostic(
                    severity: .error, file: "environment", line: 0, path: "MARTLET_TLS_CERT",
                    message: "MARTLET_TLS_CERT and MARTLET_TLS_KEY are needed together"))
            return
        }
        tls = TLSFiles(certificate: certificate, key: key)
    }

    /// A mistyped variable would be a setting that silently does nothing.
    private func rejectUnknown(_ environment: [String: String], _ problems: Problems) {
        for name in environment.keys.sorted()
        where name.hasPrefix("MARTLET_") && !Self.variables.contains(name) && !Self.isInjected(name) {
            problems.add(
                Diagnostic(
                    severity: .error, file: "environment", line: 0, path: name, message: "unknown variable",
                    suggestion: NearestName.find(name, among: Self.variables)))
        }
    }

    /// Kubernetes tells every pod about a service called `martlet` in variables of its own.
    private static func isInjected(_ name: String) -> Bool {
        name == "MARTLET_PORT" || name.hasPrefix("MARTLET_PORT_") || name.hasPrefix("MARTLET_SERVICE_")
    }

    static let variables: Set<String> = [
        "MARTLET_LISTEN", "MARTLET_DATA_DIR", "MARTLET_POLICIES_DIR", "MARTLET_DATABASE_URL", "MARTLET_REDIS_URL",
        "MARTLET_MASTER_KEY", "MARTLET_ADMIN_EMAIL", "MARTLET_ADMIN_PASSWORD", "MARTLET_TLS_CERT", "MARTLET_TLS_KEY",
        "MARTLET_OUTBOX_FSYNC", "MARTLET_LOG_LEVEL",
        // For the tests and scripts around the binary.
        "MARTLET_FIXTURES", "MARTLET_BINARY",
    ]

    mutating func apply(_ flags: SettingsOverrides, _ problems: Problems) {
        let values = [
            "--listen": flags.listen, "--data": flags.dataDir, "--policies": flags.policiesDir,
            "--log-level": flags.logLevel,
        ]
        let source = Source(problems: problems, where: "command line") { values[$0] ?? nil }
        source.take("--listen", Self.isAddress, Self.addressComplaint) { listen = $0 }
        source.take("--data") { dataDir = $0 }
        source.take("--policies") { policiesDir = $0 }
        source.choose("--log-level", LogLevel.self) { logLevel = $0 }
    }

    /// Named values from somewhere that is no file.
    private struct Source {
        let problems: Problems
        let place: String
        let value: (String) -> String?

        init(problems: Problems, where place: String, value: @escaping (String) -> String?) {
            self.problems = problems
            self.place = place
            self.value = value
        }

        func take(
            _ name: String, _ isValid: (String) -> Bool = { _ in true }, _ complaint: (String) -> String = { _ in "" },
            set: (String) -> Void
        ) {
            guard let text = value(name) else { return }
            if isValid(text) { set(text) } else { fail(name, complaint(text)) }
        }

        func choose<Value: RawRepresentable & CaseIterable>(
            _ name: String, _ type: Value.Type, set: (Value) -> Void
        ) where Value.RawValue == String {
            guard let text = value(name) else { return }
            if let value = Value(rawValue: text.lowercased()) { return set(value) }
            let names = Value.allCases.map(\.rawValue)
            fail(
                name, "\"\(text.prefix(60))\" is not one of \(names.joined(separator: ", "))",
                suggestion: NearestName.find(text, among: names))
        }

        private func fail(_ name: String, _ message: String, suggestion: String? = nil) {
            problems.add(
                Diagnostic(
                    severity: .error, file: place, line: 0, path: name, message: message, suggestion: suggestion))
        }
    }
}
