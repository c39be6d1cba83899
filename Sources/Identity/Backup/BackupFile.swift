#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A backup as a file that only its owner may read.
package enum BackupFile {
    /// Larger files are refused before they fill the memory.
    static let limit = 1 << 30

    /// Writes a new file with mode 0600 beside `path` and moves it into place: whatever happens, there is the old file
    /// or the whole new one. Blocks on file I/O.
    package static func save(_ bytes: [UInt8], to path: String) throws(BackupError) {
        let temporary = "\(path).\(getpid()).\(Base32.random(count: 8))"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure(path) }
        var problem = writeAll(bytes, to: descriptor) && fsync(descriptor) == 0 ? nil : failure(path)
        if close(descriptor) != 0, problem == nil { problem = failure(path) }
        if problem == nil, rename(temporary, path) != 0 { problem = failure(path) }
        if let problem {
            unlink(temporary)
            throw problem
        }
        syncDirectory(of: path)
    }

    /// The whole file. Blocks on file I/O.
    package static func load(_ path: String) throws(BackupError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure(path) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .file(path: path, reason: "not a regular file") }
        guard status.st_size <= limit else { throw .file(path: path, reason: "larger than \(limit >> 20) MiB") }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(status.st_size))
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count <= limit {
            let size = chunk.count
            let count = chunk.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, size) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure(path) }
            guard count > 0 else { break }
            bytes += chunk.prefix(count)
        }
        return bytes
    }

    private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                let rest = UnsafeRawBufferPointer(rebasing: buffer[written...])
                return write(descriptor, rest.baseAddress, rest.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            written += count
        }
        return true
    }

    /// Makes the new name survive a power failure.
    private static func syncDirectory(of path: String) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        let directory = parts.isEmpty ? "." : parts.joined(separator: "/")
        let descriptor = open(directory.isEmpty ? "/" : directory, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    private static func failure(_ path: String) -> BackupError {
        .file(path: path, reason: String(cString: strerror(errno)))
    }
}
