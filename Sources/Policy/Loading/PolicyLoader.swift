import Dialects

/// Turns files and environment into a snapshot, or into the list of everything that is wrong.
struct PolicyLoader {
    let environment: [String: String]
    let readFile: (String) -> [UInt8]?
    let isTimezone: (String) -> Bool
    let problems = Problems()

    var providers: [String: ProviderPolicy] = [:]
    var models: [String: ModelPolicy] = [:]
    var plans: [String: PlanPolicy] = [:]
    var tenants: [String: TenantPolicy] = [:]

    /// Where each name was defined, for the message about a second definition.
    private var definitions: [String: Cursor] = [:]
    /// References to check when everything is read.
    private var planReferences: [(Cursor, String)] = []
    private var targetReferences: [String: [(place: Cursor, provider: String)]] = [:]
    /// Providers that are well-formed but lack their key.
    private var keyless: Set<String> = []
    /// Providers that were written down, well-formed or not: a reference to a broken one is no second problem.
    private var mentioned: Set<String> = []

    init(
        environment: [String: String], readFile: @escaping (String) -> [UInt8]?, isTimezone: @escaping (String) -> Bool
    ) {
        self.environment = environment
        self.readFile = readFile
        self.isTimezone = isTimezone
    }

    mutating func load(_ files: [PolicyFile]) throws(PolicyErrors) -> PolicySnapshot {
        var isComplete = true
        for file in files {
            let known = problems.list.count
            if let root = Document.root(file, problems) {
                read(root)
            } else if problems.list.count > known {
                // What the file defines is unknown: references to it would be no second problem.
                isComplete = false
            }
        }
        addEnvironmentProviders()
        if isComplete { checkReferences() }
        dropUnusable()
        let errors = problems.errors
        guard errors.isEmpty else { throw PolicyErrors(problems.sorted) }
        return PolicySnapshot(
            providers: providers, models: models, plans: plans, tenants: tenants, sources: files.map(\.name),
            warnings: problems.warnings)
    }

    private mutating func read(_ root: Cursor) {
        guard let members = root.members(["version", "providers", "models", "plans", "tenants"]) else { return }
        if let version = members["version"] {
            if version.scalarText != "1" { version.fail("the only version is 1") }
        } else {
            root.fail("\"version: 1\" is missing")
        }
        for (name, place) in members["providers"]?.entries() ?? [] where define("provider", name, place) {
            checkName(of: "provider", name, place)
            mentioned.insert(name)
            if let provider = readProvider(name, place) { providers[name] = provider }
        }
        for (name, place) in members["models"]?.entries() ?? [] where define("model", name, place) {
            checkModelName(name, place)
            if let model = readModel(name, place) { models[name] = model }
        }
        for (name, place) in members["plans"]?.entries() ?? [] where define("plan", name, place) {
            checkName(of: "plan", name, place)
            if let plan = readPlan(name, place) { plans[name] = plan }
        }
        for (name, place) in members["tenants"]?.entries() ?? [] where define("tenant", name, place) {
            checkName(of: "tenant", name, place)
            if let tenant = readTenant(name, place) { tenants[name] = tenant }
        }
    }

    /// False, with a complaint that names both places, for a second definition.
    private mutating func define(_ kind: String, _ name: String, _ place: Cursor) -> Bool {
        let key = kind + " " + name
        if let first = definitions[key] {
            place.fail("\(kind) \"\(name)\" is already defined at \(first.file):\(first.line)")
            return false
        }
        definitions[key] = place
        return true
    }

    mutating func refer(toPlan name: String, at place: Cursor) {
        planReferences.append((place, name))
    }

    mutating func refer(toProvider name: String, at place: Cursor, model: String) {
        targetReferences[model, default: []].append((place, name))
    }

    mutating func disable(_ provider: String) {
        keyless.insert(provider)
    }

    func isMentioned(_ provider: String) -> Bool { mentioned.contains(provider) }

    private func checkReferences() {
        for (place, name) in planReferences where plans[name] == nil && definitions["plan " + name] == nil {
            place.fail("unknown plan \"\(name)\"", suggestion: NearestName.find(name, among: plans.keys))
        }
        for reference in targetReferences.sorted(by: { $0.key < $1.key }).flatMap(\.value)
        where providers[reference.provider] == nil && !mentioned.contains(reference.provider) {
            reference.place.fail(
                "unknown provider \"\(reference.provider)\"",
                suggestion: NearestName.find(reference.provider, among: mentioned.union(providers.keys)))
        }
        checkWebhooks()
    }

    /// What a target needs depends on its provider's kind, which may be defined in a later file.
    private func checkWebhooks() {
        for (name, model) in models {
            for (index, target) in model.targets.enumerated() {
                guard let place = targetReferences[name].flatMap({ index < $0.count ? $0[index].place : nil }),
                    let kind = providers[target.provider]?.kind
                else { continue }
                if kind == .n8n, target.chatURL == nil {
                    place.fail("a target of an n8n provider needs \"chat_url\"")
                } else if kind != .n8n, target.chatURL != nil || target.completionsURL != nil {
                    place.fail("\"chat_url\" and \"completions_url\" are for n8n providers")
                }
            }
        }
    }

    /// A provider without its key is left out, and with it what depends on it, so that one shipped policy can serve
    /// machines with different keys.
    private mutating func dropUnusable() {
        for name in keyless { providers[name] = nil }
        for (name, model) in models {
            let usable = model.targets.filter { !keyless.contains($0.provider) }
            if usable.count == model.targets.count { continue }
            models[name]?.targets = usable
            if usable.isEmpty {
                models[name] = nil
                definitions["model " + name]?.warn("left out: none of its providers has a key")
            }
        }
        // Something must answer: without any provider, the demo does.
        if providers.isEmpty, problems.errors.isEmpty { addDemo() }
    }
}

extension PolicySnapshot {
    /// Reads all files as one policy.
    ///
    /// - Parameters:
    ///   - environment: for `env:` keys, and for the providers that a key in it enables.
    ///   - readFile: for `file:` keys.
    ///   - isTimezone: whether a name is in the time zone database.
    package init(
        files: [PolicyFile], environment: [String: String], readFile: @escaping (String) -> [UInt8]? = { _ in nil },
        isTimezone: @escaping (String) -> Bool = { !$0.isEmpty }
    ) throws(PolicyErrors) {
        var loader = PolicyLoader(environment: environment, readFile: readFile, isTimezone: isTimezone)
        self = try loader.load(files)
    }
}
