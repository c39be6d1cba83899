/// What changed for authentication since a known version of the `identity` counter.
package struct IdentityChanges: Sendable, Hashable {
    /// The counter at the moment of reading.
    package var version: Int
    /// Public ids of keys created or changed; nil when there are more than were asked for, which means
    /// that any key may have changed.
    package var keys: [String]?
    /// Ids of tenants removed.
    package var removedTenants: [String]

    package init(version: Int, keys: [String]?, removedTenants: [String]) {
        self.version = version
        self.keys = keys
        self.removedTenants = removedTenants
    }
}

/// The counter that every change to keys and tenants raises, inside the same transaction. Its row is
/// locked by the first change until commit, so versions become visible in their order.
enum IdentityVersion {
    static func next(_ connection: any SQLConnection) throws(StorageError) -> Int {
        let row = try connection.first(
            "UPDATE changes SET version = version + 1 WHERE topic = 'identity' RETURNING version")
        guard let row else { throw .corrupt("the identity change counter is missing") }
        return try row.int("version")
    }

    static func current(_ connection: any SQLConnection) throws(StorageError) -> Int {
        guard let row = try connection.first("SELECT version FROM changes WHERE topic = 'identity'") else {
            throw .corrupt("the identity change counter is missing")
        }
        return try row.int("version")
    }
}
