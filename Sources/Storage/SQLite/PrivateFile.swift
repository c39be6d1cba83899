#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Files that only their owner may read.
enum PrivateFile {
    /// Creates an empty file with mode 0600, or leaves an existing one as it is. Returns the reason
    /// when neither is possible.
    static func createIfAbsent(_ path: String) -> String? {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return String(cString: strerror(errno)) }
        close(descriptor)
        return nil
    }
}
