/// Bounds on a document from outside.
package struct JSONLimits: Sendable, Hashable {
    /// How many objects and arrays may be open at once. Values are written and released recursively,
    /// so this also bounds their use of the stack; kept within 1 ... 512.
    package let maxDepth: Int
    /// How many objects and arrays the whole document may hold. Two bytes make one, but a tree needs some hundred
    /// for it: without a bound a small document costs much memory and time.
    package let maxContainers: Int
    /// How many values of any kind the whole document may hold, objects and arrays among them.
    package let maxValues: Int

    package init(maxDepth: Int = 128, maxContainers: Int = .max, maxValues: Int = .max) {
        self.maxDepth = min(max(maxDepth, 1), 512)
        self.maxContainers = max(maxContainers, 0)
        self.maxValues = max(maxValues, 0)
    }

    /// 128 levels; any number of values.
    package static let `default` = JSONLimits()
}
