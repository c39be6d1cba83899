/// The name of a segment's file: `<sequence>-<lane>.segment`, with leading zeros so that a directory lists in order.
struct SegmentName: Hashable, Comparable, Sendable {
    /// Grows with every segment of a directory, over all lanes.
    var sequence: Int
    var lane: Int

    static let suffix = ".segment"
    /// One more than the largest; eighteen digits always fit an `Int`.
    static let sequenceLimit = 1_000_000_000_000_000_000

    init(sequence: Int, lane: Int) {
        self.sequence = sequence
        self.lane = lane
    }

    /// nil for the name of anything else.
    init?(file: String) {
        guard file.hasSuffix(Self.suffix) else { return nil }
        let parts = file.dropLast(Self.suffix.count).split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let sequence = Self.number(parts[0]), let lane = Self.number(parts[1]) else {
            return nil
        }
        self.init(sequence: sequence, lane: lane)
    }

    var file: String {
        "\(Self.padded(sequence, 16))-\(Self.padded(lane, 2))\(Self.suffix)"
    }

    static func < (left: SegmentName, right: SegmentName) -> Bool {
        (left.sequence, left.lane) < (right.sequence, right.lane)
    }

    private static func number(_ text: Substring) -> Int? {
        guard (1...18).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return Int(text)
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}
