#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension MasterKey {
    /// The configured key if there is one, else the one in `<directory>/master.key`, else a new one that
    /// is written there with mode 0600.
    ///
    /// Blocks on file I/O. Of two processes that start at once both get the same key.
    package static func load(configured: String?, directory: String) throws(MasterKeyError) -> MasterKey {
        if let configured, !configured.isEmpty { return try MasterKey(base64: configured) }
        let path = directory + "/master.key"
        if let key = try load(from: path) { return key }
        try create(path)
        guard let key = try load(from: path) else { throw .unreadable(path: path, reason: "it disappeared") }
        return key
    }

    /// nil when the file does not exist.
    private static func load(from path: String) throws(MasterKeyError) -> MasterKey? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw .unreadable(path: path, reason: reason())
        }
        defer { close(descriptor) }
        // Of the open file, not of the path: the path may change in between.
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .unreadable(path: path, reason: reason()) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notARegularFile(path: path) }
        guard status.st_mode & 0o077 == 0 else { throw .tooOpen(path: path, mode: Int(status.st_mode & 0o777)) }
        var buffer = [UInt8](repeating: 0, count: 256)
        let size = buffer.count
        let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, size) }
        guard count >= 0 else { throw .unreadable(path: path, reason: reason()) }
        return try MasterKey(base64: String(decoding: buffer.prefix(count), as: UTF8.self))
    }

    /// Writes a whole file under another name and links it into place: nobody ever reads half a key, and
    /// an existing key is never overwritten.
    private static func create(_ path: String) throws(MasterKeyError) {
        let temporary = "\(path).\(getpid()).\(Base32.random(count: 8))"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .unreadable(path: path, reason: reason()) }
        defer { unlink(temporary) }
        let bytes = Array((MasterKey().base64 + "\n").utf8)
        let written = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        let synced = fsync(descriptor) == 0
        guard close(descriptor) == 0, synced, written == bytes.count else {
            throw .unreadable(path: path, reason: reason())
        }
        guard link(temporary, path) == 0 || errno == EEXIST else { throw .unreadable(path: path, reason: reason()) }
        syncDirectory(of: path)
    }

    /// Makes the new name survive a power failure; without it, every key hashed meanwhile would be lost.
    private static func syncDirectory(of path: String) {
        let directory = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        let descriptor = open(directory.isEmpty ? "/" : directory, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    private static func reason() -> String {
        String(cString: strerror(errno))
    }
}
