import Policy

/// A snapshot of one file, `p.yaml`, whose text gets its version line here.
func load(
    _ yaml: String, environment: [String: String] = [:], files: [String: String] = [:],
    isTimezone: @escaping (String) -> Bool = { $0.contains("/") || $0 == "UTC" }
) throws -> PolicySnapshot {
    try PolicySnapshot(
        files: [PolicyFile(name: "p.yaml", bytes: Array(("version: 1\n" + yaml).utf8))], environment: environment,
        readFile: { files[$0].map { Array($0.utf8) } }, isTimezone: isTimezone)
}

/// All complaints about these files, as printed; empty when they are fine. Nothing is added to the texts.
func complaints(
    _ texts: [(name: String, text: String)], environment: [String: String] = [:], files: [String: String] = [:]
) -> [String] {
    do throws(PolicyErrors) {
        _ = try PolicySnapshot(
            files: texts.map { PolicyFile(name: $0.name, bytes: Array($0.text.utf8)) }, environment: environment,
            readFile: { files[$0].map { Array($0.utf8) } }, isTimezone: { $0.contains("/") })
        return []
    } catch {
        return error.diagnostics.map(\.description)
    }
}

/// All complaints about one file, `p.yaml`, whose text gets its version line here: line numbers begin with 2.
func complaints(_ yaml: String, environment: [String: String] = [:], files: [String: String] = [:]) -> [String] {
    complaints([("p.yaml", "version: 1\n" + yaml)], environment: environment, files: files)
}

/// Settings from a file's text, or the complaints.
func settings(
    _ yaml: String? = nil, environment: [String: String] = [:], flags: SettingsOverrides = SettingsOverrides()
) throws -> Settings {
    try Settings.load(
        file: yaml.map { PolicyFile(name: "martlet.yaml", bytes: Array($0.utf8)) }, environment: environment,
        flags: flags)
}

func settingsComplaints(
    _ yaml: String? = nil, environment: [String: String] = [:], flags: SettingsOverrides = SettingsOverrides()
) -> [String] {
    do throws(PolicyErrors) {
        _ = try Settings.load(
            file: yaml.map { PolicyFile(name: "martlet.yaml", bytes: Array($0.utf8)) }, environment: environment,
            flags: flags)
        return []
    } catch {
        return error.diagnostics.map(\.description)
    }
}
