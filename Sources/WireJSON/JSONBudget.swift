/// A bound that several documents share: JSON inside the strings of a document is not counted by the scan over that
/// document, and many small texts can hold as much as a large one.
package struct JSONBudget: Sendable {
    private let maxDepth: Int
    /// Objects and arrays that may still come.
    package private(set) var containers: Int
    /// Values of any kind that may still come.
    package private(set) var values: Int

    /// - Parameter limits: for all documents together; the depth for each.
    package init(_ limits: JSONLimits) {
        maxDepth = limits.maxDepth
        containers = limits.maxContainers
        values = limits.maxValues
    }

    /// Reads a whole document and pays for it, also where it cannot be read; nil then, and when nothing is left.
    package mutating func parse(_ text: String) -> JSONValue? {
        let limits = JSONLimits(maxDepth: maxDepth, maxContainers: containers, maxValues: values)
        let (value, usedContainers, usedValues) = Array(text.utf8).withByteView { view in
            var walker = JSONWalker(view, limits: limits)
            var value: JSONValue?
            do throws(JSONFault) {
                value = try JSONValue.tree(of: view, with: &walker)
            } catch {}
            return (value, walker.containers, walker.values)
        }
        containers = max(0, containers &- usedContainers)
        values = max(0, values &- usedValues)
        return value
    }
}
