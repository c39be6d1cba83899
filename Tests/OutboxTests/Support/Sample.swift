import Outbox

/// Records that tell what they should be.
enum Sample {
    /// Its number, then bytes that follow from it.
    static func record(_ number: Int, bytes: Int = 40) -> [UInt8] {
        var random = SplitMix64(seed: UInt64(number))
        let text = Array("record \(number):".utf8)
        return text + (0..<max(0, bytes - text.count)).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    }

    static func records(_ numbers: Range<Int>, bytes: Int = 40) -> [[UInt8]] {
        numbers.map { record($0, bytes: bytes) }
    }
}

extension OutboxLane {
    @discardableResult
    func append(_ bytes: [UInt8]) -> OutboxAppend {
        bytes.withUnsafeBytes { append($0) }
    }

    /// How many of the records were taken before the first was not.
    @discardableResult
    func append(all records: [[UInt8]]) -> Int {
        for (index, record) in records.enumerated() where !append(record).isAppended { return index }
        return records.count
    }
}

extension OutboxReader {
    /// Everything there is, as copies.
    func readAll(maxRecords: Int = .max) -> [[UInt8]] {
        var records: [[UInt8]] = []
        while !read(maxRecords: maxRecords, { records.append(Array($0.bytes)) }).isEmpty {}
        return records
    }

    /// The next few.
    func readSome(_ count: Int) -> [[UInt8]] {
        var records: [[UInt8]] = []
        _ = read(maxRecords: count) { records.append(Array($0.bytes)) }
        return records
    }
}

extension OutboxAppend {
    var ticket: OutboxTicket? {
        if case .appended(let ticket) = self { ticket } else { nil }
    }
}
