/// The address behind a host that is spelled as a number, as `inet_aton` and therefore libcurl read it: one to four
/// parts, each decimal, octal (`0177`) or hexadecimal (`0x7f`), of which the last fills the bytes that are left.
enum IPv4Text {
    /// Four bytes; nil if the text is no such number.
    static func address(_ host: some StringProtocol) -> [UInt8]? {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        guard 1...4 ~= parts.count else { return nil }
        var address: UInt32 = 0
        for (index, part) in parts.enumerated() {
            let isLast = index == parts.count - 1
            let bits = isLast ? 32 - 8 * UInt64(index) : 8
            guard let value = number(part), value < 1 << bits else { return nil }
            address |= UInt32(value) << (isLast ? 0 : 24 - 8 * UInt32(index))
        }
        return stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: address >> $0) }
    }

    private static func number(_ text: some StringProtocol) -> UInt64? {
        guard let first = text.utf8.first, 0x30...0x39 ~= first else { return nil }
        if text.lowercased().hasPrefix("0x") {
            let digits = text.dropFirst(2)
            return digits.isEmpty ? 0 : digits.allSatisfy(\.isHexDigit) ? UInt64(digits, radix: 16) : nil
        }
        return UInt64(text, radix: first == 0x30 ? 8 : 10)
    }
}
