import CCurl

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Puts the address that libcurl is about to connect to before the ``AddressGuard``.
enum SocketAddress {
    /// Anything but IPv4 and IPv6 (a Unix socket, say) is blocked as reserved.
    static func verdict(
        _ address: UnsafeMutablePointer<curl_sockaddr>, allowPrivateNetwork: Bool
    ) -> AddressGuard.Verdict {
        // libcurl declares the member as the short `sockaddr`; the memory behind it is as long as `addrlen` says.
        let raw = UnsafeRawPointer(address) + (MemoryLayout<curl_sockaddr>.offset(of: \.addr) ?? 0)
        let length = Int(address.pointee.addrlen)
        switch address.pointee.family {
        case AF_INET where length >= MemoryLayout<sockaddr_in>.size:
            let bits = raw.loadUnaligned(as: sockaddr_in.self).sin_addr.s_addr
            return AddressGuard.verdict(ipv4: UInt32(bigEndian: bits), allowPrivateNetwork: allowPrivateNetwork)
        case AF_INET6 where length >= MemoryLayout<sockaddr_in6>.size:
            let bytes = withUnsafeBytes(of: raw.loadUnaligned(as: sockaddr_in6.self).sin6_addr) { Array($0) }
            return AddressGuard.verdict(bytes, allowPrivateNetwork: allowPrivateNetwork)
        default:
            return .blocked(.reserved)
        }
    }
}
