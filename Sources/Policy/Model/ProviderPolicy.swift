package import Dialects

/// A provider as a policy defines it.
package struct ProviderPolicy: Sendable, Hashable {
    package enum OnDisconnect: String, Sendable, Hashable, CaseIterable {
        /// The upstream call ends when the client leaves.
        case cancel
        /// The upstream call goes on to its end, so that its usage is known exactly.
        case drain
    }

    package var name: String
    package var kind: ProviderKind
    /// Without a trailing slash; empty for n8n and demo, whose addresses come from elsewhere.
    package var baseURL: String
    /// Used in turn. Empty: the provider is called without a key.
    package var apiKeys: [APIKeySource]
    /// Added to every request, and stronger than the dialect's own.
    package var headers: [String: String]
    package var timeouts: PhaseTimeouts
    /// Connections to the provider at once, per event loop group.
    package var maxConnections: Int
    package var onDisconnect: OnDisconnect
    /// Whether the provider may have a private or loopback address.
    package var allowPrivateNetwork: Bool
    /// Where it is defined; a file with a line, or `environment`.
    package var source: String

    package init(name: String, kind: ProviderKind, baseURL: String, source: String) {
        self.name = name
        self.kind = kind
        self.baseURL = baseURL
        self.source = source
        apiKeys = []
        headers = [:]
        timeouts = PhaseTimeouts()
        maxConnections = 256
        onDisconnect = .cancel
        allowPrivateNetwork = false
    }
}

extension APIKeySource: CustomStringConvertible, CustomReflectable {
    package var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }

    /// Never the key itself: descriptions end up in logs.
    package var description: String {
        switch self {
        case .value: "value(…)"
        case .stored(let name): "stored(\(name))"
        }
    }
}

/// Where a provider's key comes from.
package enum APIKeySource: Sendable, Hashable {
    /// Read from the environment or a file when the policy was loaded.
    case value(String)
    /// Set in the console under this name, kept encrypted in the database.
    case stored(name: String)

    /// The key itself; nil when nobody stored one.
    package func value(stored: (String) -> String?) -> String? {
        switch self {
        case .value(let value): value
        case .stored(let name): stored(name)
        }
    }
}
