#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Fetches the body behind a URL; `allowPrivateNetwork` lifts the refusal of private addresses. Must end
/// by itself: callers wait for it.
package typealias KeySetFetch = @Sendable (_ url: String, _ allowPrivateNetwork: Bool) async throws -> [UInt8]

/// Tells whether a key set file may have changed, without reading it.
struct FileStamp: Sendable, Hashable {
    private let seconds: Int
    private let nanoseconds: Int
    private let size: Int
    private let inode: UInt64

    /// nil when there is no such file.
    init?(path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        seconds = Int(status.st_mtim.tv_sec)
        nanoseconds = Int(status.st_mtim.tv_nsec)
        size = Int(status.st_size)
        inode = UInt64(status.st_ino)
    }
}

/// Reads small configuration files whole.
enum SmallFile {
    static func read(path: String, limit: Int) throws(KeySetError) -> [UInt8] {
        guard let file = fopen(path, "re") else { throw KeySetError(description: String(cString: strerror(errno))) }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: limit + 1)
        let count = fread(&bytes, 1, limit + 1, file)
        guard ferror(file) == 0 else { throw KeySetError(description: "reading failed") }
        guard count <= limit else { throw KeySetError(description: "larger than \(limit) bytes") }
        return Array(bytes.prefix(count))
    }
}
