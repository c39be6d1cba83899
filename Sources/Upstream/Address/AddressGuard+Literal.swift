#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension AddressGuard {
    /// The verdict on the host part of a URL, for checks at configuration time.
    ///
    /// Understands every spelling a resolver takes for an address, such as `0x7f.1`, `2130706433`, `0177.0.0.1` and
    /// `[::ffff:10.0.0.1]`, and the few names that always mean the own machine or a metadata service.
    ///
    /// - Returns: nil for any other name: only its addresses can tell, and the transport asks about those.
    package static func verdict(host: String, allowPrivateNetwork: Bool = false) -> Verdict? {
        var name = host.lowercased()
        if name.hasSuffix(".") { name.removeLast() }
        if name.hasPrefix("["), name.hasSuffix("]") {
            name = String(name.dropFirst().dropLast())
        }
        if name.contains(":") {
            // A zone (`fe80::1%eth0`) does not change what the address is.
            let address = name.prefix { $0 != "%" }
            guard let bytes = self.ipv6Bytes(String(address)) else { return .blocked(.reserved) }
            return self.verdict(bytes, allowPrivateNetwork: allowPrivateNetwork)
        }
        if let address = self.ipv4(name) {
            return self.verdict(ipv4: address, allowPrivateNetwork: allowPrivateNetwork)
        }
        if name == "localhost" || name.hasSuffix(".localhost") || name == "ip6-localhost" {
            return allowPrivateNetwork ? .allowed : .blocked(.loopback)
        }
        if name == "metadata.google.internal" || name == "metadata.goog" {
            return .blocked(.cloudMetadata)
        }
        return nil
    }

    /// An IPv4 address in any of the spellings of `inet_aton`: one to four parts, each decimal, octal (`0…`) or
    /// hexadecimal (`0x…`), the last one filling all remaining bytes.
    static func ipv4(_ text: String) -> UInt32? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...4).contains(parts.count) else { return nil }
        var address: UInt64 = 0
        for (index, part) in parts.enumerated() {
            guard let value = self.number(part) else { return nil }
            let isLast = index == parts.count - 1
            let width = isLast ? 8 * (5 - parts.count) : 8
            guard value >> width == 0 else { return nil }
            address = address << width | value
        }
        return UInt32(exactly: address)
    }

    private static func number(_ part: Substring) -> UInt64? {
        guard let first = part.utf8.first, first != UInt8(ascii: "+"), first != UInt8(ascii: "-") else { return nil }
        if part.hasPrefix("0x") {
            let digits = part.dropFirst(2)
            guard digits.first != "+", digits.first != "-" else { return nil }
            return digits.isEmpty ? 0 : UInt64(digits, radix: 16)
        }
        return part.count > 1 && first == UInt8(ascii: "0") ? UInt64(part, radix: 8) : UInt64(part, radix: 10)
    }

    private static func ipv6Bytes(_ text: String) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 16)
        let parsed = bytes.withUnsafeMutableBytes { inet_pton(AF_INET6, text, $0.baseAddress) }
        return parsed == 1 ? bytes : nil
    }
}
