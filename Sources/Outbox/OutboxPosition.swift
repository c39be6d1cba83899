/// A place in an outbox: a byte of a segment. Grows along each lane; between lanes it says little about time.
package struct OutboxPosition: Sendable, Hashable, Comparable {
    /// The segment's number, the first part of its file's name.
    package var sequence: Int
    /// Bytes from the beginning of the file.
    package var offset: Int

    package init(sequence: Int, offset: Int) {
        self.sequence = sequence
        self.offset = offset
    }

    package static func < (left: OutboxPosition, right: OutboxPosition) -> Bool {
        (left.sequence, left.offset) < (right.sequence, right.offset)
    }
}

extension OutboxPosition: CustomStringConvertible {
    package var description: String { "\(sequence):\(offset)" }
}
