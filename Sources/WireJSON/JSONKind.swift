/// What a JSON value is, told by its first byte.
package enum JSONKind: Sendable, Hashable {
    case object, array, string, number, bool, null
}
