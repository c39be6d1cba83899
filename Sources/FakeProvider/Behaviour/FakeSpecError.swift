/// A spec that cannot be read; the message names the item.
package struct FakeSpecError: Error, Sendable, Hashable, CustomStringConvertible {
    package let message: String
    package var description: String { message }
}
