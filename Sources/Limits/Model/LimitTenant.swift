/// Whose counters: a tenant, or all of them together. Made once per tenant and kept by the caller, because it carries
/// the storage names and the hash that every call would have to compute otherwise.
package final class LimitTenant: Sendable, Hashable {
    /// Owner of the counters of scope `global`.
    package static let global = LimitTenant(name: "", tag: "g")

    /// Empty for ``global``.
    package let name: String
    /// What the storage names of everything that belongs to the tenant begin with. The part in braces is what Redis
    /// Cluster hashes, so all of it lies in one slot.
    package let prefix: String
    /// Reservations by id.
    let reservationsKey: String
    /// Reservation ids by the end of their lease.
    let leasesKey: String
    /// Ids of reservations whose lease ended before they were settled.
    let lapsedKey: String
    /// Ids that `charge` has seen.
    let chargedKey: String
    /// Hash slot of all these names on Redis Cluster.
    let slot: Int
    let hash: Int

    package convenience init(_ name: String) {
        self.init(name: name, tag: "t:" + LimitCounter.escaped(name))
    }

    private init(name: String, tag: String) {
        self.name = name
        prefix = "ml1:{\(tag)}:"
        reservationsKey = prefix + "r"
        leasesKey = prefix + "x"
        lapsedKey = prefix + "d"
        chargedKey = prefix + "c"
        slot = ClusterSlot.of(tag: tag)
        var hasher = Hasher()
        hasher.combine(prefix)
        hash = hasher.finalize()
    }

    package var isGlobal: Bool { self === Self.global }

    package static func == (left: LimitTenant, right: LimitTenant) -> Bool {
        left === right || (left.hash == right.hash && left.prefix == right.prefix)
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(hash) }
}
