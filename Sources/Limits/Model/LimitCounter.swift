package import Policy

/// What one limit counts: a resource, in a period, on one subject. Made once per subject and kept by the caller (it
/// computes its storage name and hash), compared by them.
package final class LimitCounter: Sendable, Hashable {
    package let scope: LimitRule.Scope
    package let resource: LimitRule.Resource
    /// nil for concurrency, which has none.
    package let period: LimitRule.Period?
    /// ``LimitTenant/global`` when the scope is `global`.
    package let tenant: LimitTenant
    /// Who or what is counted, within the tenant: a user, a key id, `key id/model` and so on. Empty for the scopes
    /// that have one subject only.
    package let subject: String
    /// Stable text that storage knows the counter by. Printable ASCII without spaces.
    package let name: String
    /// Milliseconds of a sliding period; 0 for calendar periods and for concurrency.
    let length: Int
    private let hash: Int

    /// - Parameter isShadow: counts apart from an enforced limit on the same subject.
    package init(
        scope: LimitRule.Scope, resource: LimitRule.Resource, period: LimitRule.Period?, tenant: LimitTenant,
        subject: String, isShadow: Bool = false
    ) {
        let tenant = scope == .global ? .global : tenant
        let period = resource == .concurrency ? nil : period
        self.scope = scope
        self.resource = resource
        self.period = period
        self.tenant = tenant
        self.subject = subject
        name =
            "\(tenant.prefix)\(isShadow ? "~" : "")\(scope.rawValue):\(resource.rawValue):\(period?.rawValue ?? "-"):"
            + Self.escaped(subject)
        length =
            switch period {
            case .second: 1000
            case .minute: 60_000
            case .hour: 3_600_000
            case .day, .week, .month, nil: 0
            }
        var hasher = Hasher()
        hasher.combine(name)
        hash = hasher.finalize()
    }

    package static func == (left: LimitCounter, right: LimitCounter) -> Bool {
        left === right || (left.hash == right.hash && left.name == right.name)
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(hash) }

    /// Percent-encodes what has a meaning in storage names (`:`, `{`, `}`, `%`), blanks, control bytes and everything
    /// outside of ASCII, so that two subjects never share a name and records can be split at blanks.
    static func escaped(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: ":"), UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "%"), 0...0x20, 0x7F...:
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
