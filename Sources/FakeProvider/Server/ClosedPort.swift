#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A loopback port that refuses connections: bound, so that nobody else gets it, but not listening.
///
/// The port stays reserved until the value is released.
package final class ClosedPort: Sendable {
    package let port: Int
    private let descriptor: CInt

    /// - Throws: ``FakeProviderError/noPort``.
    package init() throws(FakeProviderError) {
        #if canImport(Glibc)
            let type = CInt(SOCK_STREAM.rawValue)
        #else
            let type = SOCK_STREAM
        #endif
        let descriptor = socket(AF_INET, type, 0)
        guard descriptor >= 0 else { throw .noPort }
        guard let port = Self.bind(descriptor) else {
            close(descriptor)
            throw .noPort
        }
        self.descriptor = descriptor
        self.port = port
    }

    deinit {
        close(descriptor)
    }

    private static func bind(_ descriptor: CInt) -> Int? {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        // The socket calls take the general `sockaddr`, which every address structure begins with.
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { general in
                Self.bindSocket(descriptor, general, length) == 0 && getsockname(descriptor, general, &length) == 0
            }
        }
        return isBound ? Int(UInt16(bigEndian: address.sin_port)) : nil
    }

    /// The C function; inside the type its name would mean the method above.
    private static func bindSocket(_ descriptor: CInt, _ address: UnsafePointer<sockaddr>, _ length: socklen_t) -> CInt
    {
        #if canImport(Glibc)
            Glibc.bind(descriptor, address, length)
        #elseif canImport(Musl)
            Musl.bind(descriptor, address, length)
        #else
            Darwin.bind(descriptor, address, length)
        #endif
    }
}
