/// Bounds on a document from outside.
package struct JSONLimits: Sendable, Hashable {
    /// How many objects and arrays may be open at once. Values are written and released recursively,
    /// so this also bounds their use of the stack; kept within 1 ... 512.
    package let maxDepth: Int

    package init(maxDepth: Int = 128) {
        self.maxDepth = min(max(maxDepth, 1), 512)
    }

    package static let `default` = JSONLimits()
}
