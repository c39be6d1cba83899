import Foundation

/// The form of tenant ids. They become parts of counter names, file names and URLs, so the form is
/// checked wherever one comes in: at creation and in every token's tenant claim.
package enum TenantID {
    /// Letters, digits, `.`, `_` and `-`, starting with a letter or digit, at most 64 characters.
    package static func isValid(_ id: String) -> Bool {
        let bytes = id.utf8
        guard (1...64).contains(bytes.count), let first = bytes.first, isAlphanumeric(first) else { return false }
        return bytes.allSatisfy { isAlphanumeric($0) || $0 == 0x2E || $0 == 0x5F || $0 == 0x2D }
    }

    /// What ``isValid(_:)`` asks for, for the person who gave another.
    static let rule = "use up to 64 letters, digits, \".\", \"_\" and \"-\""

    /// An id for a name: `Möbel & Söhne` becomes `mobel-sohne`.
    package static func suggested(for name: String) -> String {
        let plain = name.folding(options: [.diacriticInsensitive, .caseInsensitive], locale: nil).lowercased()
        var id: [UInt8] = []
        for byte in plain.utf8 {
            if isAlphanumeric(byte) {
                id.append(byte)
            } else if id.last != 0x2D, !id.isEmpty {
                id.append(0x2D)
            }
            if id.count == 40 { break }
        }
        while id.last == 0x2D { id.removeLast() }
        return id.isEmpty ? "tenant" : String(decoding: id, as: UTF8.self)
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }
}
