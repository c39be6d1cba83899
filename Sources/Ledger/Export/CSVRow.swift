import WireJSON

/// One line of a CSV file (RFC 4180: commas, CRLF, quotes doubled inside quotes).
///
/// Spreadsheets run cells that begin with `=`, `+`, `-`, `@`, a tab or a carriage return as formulas, and texts are the
/// clients' to choose, so such a text gets an apostrophe in front, which spreadsheets take for "this is text".
struct CSVRow: ExportedMembers {
    private(set) var bytes: [UInt8]
    private var isFirst = true

    /// Continues `bytes`.
    init(continuing bytes: consuming [UInt8] = []) {
        self.bytes = bytes
    }

    mutating func text(_ name: StaticString, _ value: String?) {
        separate()
        guard let value, let first = value.utf8.first else { return }
        let isFormula = Self.formulaStarts.contains(first)
        guard isFormula || value.utf8.contains(where: Self.special.contains) else {
            return bytes.append(contentsOf: value.utf8)
        }
        bytes.append(UInt8(ascii: "\""))
        if isFormula { bytes.append(UInt8(ascii: "'")) }
        for byte in value.utf8 {
            if byte == UInt8(ascii: "\"") { bytes.append(byte) }
            bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Numbers are the gateway's own and stay numbers, negative ones too.
    mutating func int(_ name: StaticString, _ value: Int?) {
        separate()
        if let value { JSONText.appendInt(value, to: &bytes) }
    }

    mutating func bool(_ name: StaticString, _ value: Bool) {
        separate()
        bytes.append(contentsOf: (value ? "true" : "false").utf8)
    }

    consuming func finish() -> [UInt8] {
        bytes += [0x0D, 0x0A]
        return bytes
    }

    private mutating func separate() {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        isFirst = false
    }

    private static let special: [UInt8] = [UInt8(ascii: ","), UInt8(ascii: "\""), 0x0A, 0x0D]
    private static let formulaStarts: [UInt8] = [
        UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), 0x09, 0x0D,
    ]
}

/// The first line: the members' names.
struct CSVHead: ExportedMembers {
    private var row = CSVRow()

    mutating func text(_ name: StaticString, _ value: String?) { row.text(name, String(describing: name)) }
    mutating func int(_ name: StaticString, _ value: Int?) { row.text(name, String(describing: name)) }
    mutating func bool(_ name: StaticString, _ value: Bool) { row.text(name, String(describing: name)) }

    consuming func finish() -> [UInt8] { row.finish() }
}
