/// Whose rows a repository call may see. A row of another tenant does not exist for the caller: the
/// answer is "not found", never "forbidden", so that ids cannot be probed.
package enum TenantScope: Sendable, Hashable {
    /// The platform's administrator, or the gateway itself.
    case all
    case tenant(String)

    /// `AND <column> = ?`, or nothing. `column` is program text.
    func filter(_ column: StaticString) -> SQLStatement {
        switch self {
        case .all: ""
        case .tenant(let id): "AND \(raw: column) = \(id)"
        }
    }
}
