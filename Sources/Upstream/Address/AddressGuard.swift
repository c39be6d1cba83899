/// Decides whether the gateway may connect to an address: the guard against server-side request forgery.
///
/// The transport asks about the *resolved* address, right before the socket is opened, so a name that changes its
/// answer between check and use (DNS rebinding) gains nothing. Configuration code asks about literals with
/// ``verdict(host:allowPrivateNetwork:)`` for an early, readable error.
///
/// Default deny for IPv6: outside 2000::/3, the only block IANA hands out as global unicast, nothing is allowed except
/// the well-known NAT64 prefix, which is judged by the IPv4 address it carries.
package enum AddressGuard {
    package enum Verdict: Sendable, Hashable {
        case allowed
        case blocked(AddressClass)
    }

    /// The verdict on an address in network byte order.
    ///
    /// - Parameters:
    ///   - address: 4 bytes (IPv4) or 16 bytes (IPv6); any other length is blocked as reserved.
    ///   - allowPrivateNetwork: Permits what a trusted operator may mean: loopback, private, shared, link-local and
    ///     reserved ranges. Cloud metadata services and multicast stay blocked: no provider lives there.
    package static func verdict(_ address: [UInt8], allowPrivateNetwork: Bool = false) -> Verdict {
        switch address.count {
        case 4:
            let value = address.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            return self.verdict(ipv4: value, allowPrivateNetwork: allowPrivateNetwork)
        case 16:
            let value = address.reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
            return self.verdict(ipv6: value, allowPrivateNetwork: allowPrivateNetwork)
        default:
            return .blocked(.reserved)
        }
    }

    /// The verdict on an IPv4 address, its first byte in the highest position.
    package static func verdict(ipv4 address: UInt32, allowPrivateNetwork: Bool = false) -> Verdict {
        self.weigh(self.classify(ipv4: address), allowPrivateNetwork: allowPrivateNetwork)
    }

    /// The verdict on an IPv6 address, its first byte in the highest position. An address that carries an IPv4
    /// address (mapped, translated, NAT64, 6to4, ISATAP) is judged by that too.
    package static func verdict(ipv6 address: UInt128, allowPrivateNetwork: Bool = false) -> Verdict {
        self.weigh(self.classify(ipv6: address), allowPrivateNetwork: allowPrivateNetwork)
    }

    private static func weigh(_ found: AddressClass?, allowPrivateNetwork: Bool) -> Verdict {
        guard let found else { return .allowed }
        return allowPrivateNetwork && found.isPermittedOnRequest ? .allowed : .blocked(found)
    }

    /// The special class of an IPv4 address; nil for ordinary public ones.
    static func classify(ipv4 address: UInt32) -> AddressClass? {
        for block in AddressBlock.ipv4 where block.contains(address) {
            return block.kind
        }
        return nil
    }

    /// The special class of an IPv6 address; nil for ordinary public ones.
    static func classify(ipv6 address: UInt128) -> AddressClass? {
        for prefix in AddressBlock.ipv4Carriers where prefix.contains(address) {
            let embedded = UInt32(truncatingIfNeeded: address >> prefix.embeddedShift)
            return self.classify(ipv4: embedded)
        }
        for block in AddressBlock.ipv6 where block.contains(address) {
            return block.kind
        }
        if !AddressBlock.globalUnicast.contains(address) {
            return .reserved
        }
        // ISATAP (RFC 5214): any prefix, interface identifier [02]00:5efe followed by an IPv4 address.
        let interface = UInt32(truncatingIfNeeded: address >> 32) & ~0x0200_0000
        return interface == 0x0000_5EFE ? self.classify(ipv4: UInt32(truncatingIfNeeded: address)) : nil
    }
}
