/// Masks secrets and personal data: API keys and tokens, PEM blocks, e-mail addresses, telephone numbers
/// (international and Brazilian), card numbers, CPF and CNPJ.
///
/// Takes any bytes, JSON or other text, valid UTF-8 or not, in time that is linear in their number. What is found is
/// replaced by a label such as `[email]`. JSON stays JSON of the same structure: only the contents of strings change,
/// and numbers, which become as many ones; a masked member name gets a number, so that names stay distinct. Redacting
/// twice changes nothing more, and valid UTF-8 stays valid.
///
/// It finds what has a form. A name, a street or a password in a sentence has none, and an identifier whose check
/// digits happen to fit is masked for nothing; that is the price of not keeping a card number.
package struct Redactor: Sendable {
    package init() {}

    /// The text with everything masked; the same bytes if there was nothing.
    package func redact(_ bytes: [UInt8]) -> [UInt8] {
        if JSONStrings.isDocument(bytes) { return redactJSON(bytes) }
        let text = redactText(bytes)
        // What made it no JSON may have been masked.
        return text != bytes && JSONStrings.isDocument(text) ? redactJSON(text) : text
    }

    /// The text with everything masked.
    package func redact(_ text: String) -> String {
        let bytes = Array(text.utf8)
        let redacted = redact(bytes)
        return redacted == bytes ? text : String(decoding: redacted, as: UTF8.self)
    }

    private func redactText(_ bytes: [UInt8]) -> [UInt8] {
        let matches = bytes.withUnsafeBufferPointer { Self.matches(in: ScanBytes($0)) }
        return Self.replace(matches.map { RedactionEdit(range: $0.range, bytes: Array($0.kind.label.utf8)) }, in: bytes)
    }

    private func redactJSON(_ bytes: [UInt8]) -> [UInt8] {
        var edits: [RedactionEdit] = []
        var names = 0
        bytes.withUnsafeBufferPointer { buffer in
            let view = ScanBytes(buffer)
            var tokens = JSONStrings(view)
            while let token = tokens.next() {
                switch token {
                case .number(let range):
                    let found = Self.matches(in: view.slice(range))
                    if found.first?.range == 0..<range.count {
                        edits.append(
                            RedactionEdit(range: range, bytes: Array(repeating: UInt8(ascii: "1"), count: range.count)))
                    }
                case .string(let range, let isName, let isEscaped):
                    for match in Self.matches(inString: range, isEscaped: isEscaped, of: view) {
                        var label = Array(match.kind.label.utf8)
                        if isName {
                            names += 1
                            label.insert(contentsOf: " \(names)".utf8, at: label.count - 1)
                        }
                        edits.append(RedactionEdit(range: match.range, bytes: label))
                    }
                }
            }
        }
        return Self.replace(edits, in: bytes)
    }

    private static func matches(in text: ScanBytes) -> [RedactionMatch] {
        var scanner = RedactionScanner(text)
        scanner.scan()
        return scanner.matches
    }

    /// In the indices of the document, whatever escapes the string is spelled with.
    private static func matches(
        inString range: Range<Int>, isEscaped: Bool, of view: ScanBytes
    ) -> [RedactionMatch] {
        guard isEscaped else {
            return matches(in: view.slice(range)).map { match in
                RedactionMatch(
                    range: (match.range.lowerBound + range.lowerBound)..<(match.range.upperBound + range.lowerBound),
                    kind: match.kind)
            }
        }
        let decoded = DecodedString(view, range)
        let found = decoded.bytes.withUnsafeBufferPointer { matches(in: ScanBytes($0)) }
        return found.map { RedactionMatch(range: decoded.source($0.range), kind: $0.kind) }
    }

    private static func replace(_ edits: [RedactionEdit], in bytes: [UInt8]) -> [UInt8] {
        guard !edits.isEmpty else { return bytes }
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count)
        var position = 0
        for edit in edits {
            output += bytes[position..<edit.range.lowerBound]
            output += edit.bytes
            position = edit.range.upperBound
        }
        output += bytes[position...]
        return output
    }
}

/// What stands in place of a range.
private struct RedactionEdit {
    let range: Range<Int>
    let bytes: [UInt8]
}
