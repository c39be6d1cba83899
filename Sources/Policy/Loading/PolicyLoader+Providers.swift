import Dialects

extension PolicyLoader {
    mutating func readProvider(_ name: String, _ place: Cursor) -> ProviderPolicy? {
        let known = [
            "kind", "base_url", "api_key", "headers", "timeouts", "max_connections", "on_disconnect",
            "allow_private_network",
        ]
        guard let members = place.members(known) else { return nil }
        guard let kindPlace = members["kind"] else {
            place.fail(
                "\"kind\" is missing; it is one of \(ProviderKind.allCases.map(\.rawValue).joined(separator: ", "))")
            return nil
        }
        guard let kind = kindPlace.choice(ProviderKind.self) else { return nil }
        // Azure's base URLs carry `?api-version=…`.
        let allowsQuery = kind == .openai || kind == .openaiCompatible
        let url = members["base_url"].map { $0.baseURL(allowsQuery: allowsQuery) ?? "" } ?? kind.defaultBaseURL ?? ""
        if kind == .openaiCompatible, members["base_url"] == nil {
            place.fail("a provider of kind \(kind.rawValue) needs \"base_url\"")
        }
        var provider = ProviderPolicy(name: name, kind: kind, baseURL: url, source: "\(place.file):\(place.line)")
        provider.apiKeys = readKeys(members["api_key"], provider: name)
        provider.headers = readHeaders(members["headers"])
        provider.timeouts = readTimeouts(members["timeouts"])
        if let value = members["max_connections"]?.number(1...100_000) { provider.maxConnections = value }
        if let value = members["on_disconnect"]?.choice(ProviderPolicy.OnDisconnect.self) {
            provider.onDisconnect = value
        }
        if let value = members["allow_private_network"]?.flag() { provider.allowPrivateNetwork = value }
        warnAbout(provider, place, members)
        return provider
    }

    /// What can be right, but rarely is.
    private func warnAbout(_ provider: ProviderPolicy, _ place: Cursor, _ members: [String: Cursor]) {
        if provider.kind != .demo, !provider.allowPrivateNetwork, BaseURL.isPrivate(provider.baseURL) {
            members["base_url"]?.warn("private addresses are refused unless \"allow_private_network\" is true")
        }
        let isPublic = provider.kind.defaultBaseURL != nil && members["base_url"] == nil
        if isPublic, members["api_key"] == nil, provider.headers.isEmpty {
            place.warn("without \"api_key\" the provider will refuse every request")
        }
    }

    private mutating func readKeys(_ place: Cursor?, provider: String) -> [APIKeySource] {
        guard let place, !place.isNull else { return [] }
        let places = !place.isList ? [place] : place.list() ?? []
        var keys: [APIKeySource] = []
        var missing: [String] = []
        for place in places {
            guard let text = place.nonEmptyText() else { continue }
            switch readKey(text, place) {
            case .found(let key): keys.append(key)
            case .missing(let what): missing.append(what)
            case .wrong: break
            }
        }
        if keys.isEmpty, !missing.isEmpty {
            disable(provider)
            place.warn("provider \"\(provider)\" is left out: \(missing.joined(separator: ", ")) is not set")
        } else {
            for what in missing { place.warn("\(what) is not set; the provider's other keys are used") }
        }
        return keys
    }

    private enum FoundKey {
        case found(APIKeySource)
        case missing(String)
        case wrong
    }

    private func readKey(_ text: String, _ place: Cursor) -> FoundKey {
        func rest(_ prefix: String) -> String? { text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : nil }
        if let name = rest("env:"), !name.isEmpty {
            guard let value = environment[name], !value.isEmpty else { return .missing("environment variable \(name)") }
            guard let key = Self.key(in: value) else {
                place.fail("the environment variable \(name) does not hold one key")
                return .wrong
            }
            return .found(.value(key))
        }
        if let path = rest("file:") {
            guard let bytes = readFile(path), let content = String(validating: bytes, as: UTF8.self) else {
                place.fail("the key file \(path) cannot be read")
                return .wrong
            }
            guard let key = Self.key(in: content) else {
                place.fail("the key file \(path) does not hold one key")
                return .wrong
            }
            return .found(.value(key))
        }
        if let name = rest("stored:"), !name.isEmpty { return .found(.stored(name: name)) }
        place.fail("a key is env:NAME, file:PATH or stored:NAME; a secret does not belong in a policy file")
        return .wrong
    }

    /// The key without the line end that files and secret mounts have; nil for anything that is no single word of
    /// printable ASCII, because it goes into a header.
    static func key(in text: String) -> String? {
        let words = text.split(whereSeparator: \.isWhitespace)
        guard words.count == 1, words[0].utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
        return String(words[0])
    }

    private func readHeaders(_ place: Cursor?) -> [String: String] {
        var headers: [String: String] = [:]
        for (name, value) in place?.entries() ?? [] {
            let isToken = name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"()<>@,;:\\\"/[]?={}".utf8.contains($0) }
            guard isToken else { value.fail("\"\(name)\" is not a header name"); continue }
            if headers.keys.contains(where: { $0.lowercased() == name.lowercased() }) {
                value.fail("the header is set twice: case does not count in names")
                continue
            }
            let transport = [
                "content-length", "transfer-encoding", "connection", "expect", "te", "trailer", "upgrade", "keep-alive",
                "proxy-connection",
            ]
            if transport.contains(name.lowercased()) { value.fail("\"\(name)\" is set by the gateway"); continue }
            guard let text = value.text() else { continue }
            if text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
                value.fail("a header holds no line breaks"); continue
            }
            headers[name] = text
        }
        return headers
    }

    private func readTimeouts(_ place: Cursor?) -> PhaseTimeouts {
        var timeouts = PhaseTimeouts()
        guard let members = place?.members(["connect", "first_token", "answer", "idle", "total"]) else {
            return timeouts
        }
        timeouts.connect = members["connect"]?.duration()
        timeouts.firstToken = members["first_token"]?.duration()
        timeouts.answer = members["answer"]?.duration()
        timeouts.idle = members["idle"]?.duration()
        timeouts.total = members["total"]?.duration()
        return timeouts
    }
}
