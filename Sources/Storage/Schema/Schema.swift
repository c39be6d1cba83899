/// Every migration of the product, in order. The number keeps the names sorted; parts that come later
/// append theirs.
package enum Schema {
    package static let migrations: [Migration] = [identity, ledger, audit]
}
