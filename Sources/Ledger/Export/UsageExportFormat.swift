import Storage

/// How exported rows are written.
package enum UsageExportFormat: String, Sendable, Hashable, CaseIterable {
    /// RFC 4180 with a line of names; texts that a spreadsheet would run as formulas get an apostrophe in front.
    case csv
    /// One JSON array, a row per line.
    case json
    /// One JSON object per line.
    case jsonLines = "jsonl"

    /// For the answer's `content-type`.
    package var mediaType: String {
        switch self {
        case .csv: "text/csv; charset=utf-8; header=present"
        case .json: "application/json"
        case .jsonLines: "application/jsonl"
        }
    }
}

extension UsageExportFormat {
    /// What stands before the first row.
    var head: [UInt8] {
        switch self {
        case .csv:
            var head = CSVHead()
            // Any row will do: only the names are taken.
            UsageRecord.blank.export(to: &head)
            return head.finish()
        case .json: return [UInt8(ascii: "[")]
        case .jsonLines: return []
        }
    }

    /// Appends a row with what separates it from the one before.
    func append(_ record: UsageRecord, isFirst: Bool, to bytes: inout [UInt8]) {
        switch self {
        case .csv:
            var row = CSVRow(continuing: exchange(&bytes, with: []))
            record.export(to: &row)
            bytes = row.finish()
        case .json, .jsonLines:
            if self == .json { bytes.append(contentsOf: (isFirst ? "\n" : ",\n").utf8) }
            var row = JSONRow(continuing: exchange(&bytes, with: []))
            record.export(to: &row)
            bytes = row.finish()
            if self == .jsonLines { bytes.append(0x0A) }
        }
    }

    /// What follows the last row.
    var tail: [UInt8] {
        self == .json ? Array("\n]\n".utf8) : []
    }
}

extension UsageRecord {
    fileprivate static var blank: UsageRecord {
        UsageRecord(
            id: UUIDv7(milliseconds: 0, first: 0, second: 0), time: Timestamp(milliseconds: 0), tenant: "",
            endpoint: "", clientModel: "")
    }
}
