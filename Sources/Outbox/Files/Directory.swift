import Glibc

/// What the outbox does with its directory as such.
enum Directory {
    static func createIfAbsent(_ path: String) throws(OutboxError) {
        guard mkdir(path, 0o700) != 0 else { return }
        let code = errno
        guard code == EEXIST else { throw .system(.createDirectory, path: path, code: code) }
    }

    /// The names in it, in no order.
    static func names(_ path: String) throws(OutboxError) -> [String] {
        guard let directory = opendir(path) else { throw .system(.listDirectory, path: path, code: errno) }
        defer { closedir(directory) }
        var names: [String] = []
        errno = 0
        while let entry = readdir(directory) {
            // The name may reach beyond, or the entry end before, the field's declared size.
            guard let field = MemoryLayout<dirent>.offset(of: \.d_name) else { continue }
            let name = UnsafeRawPointer(entry) + field
            names.append(String(cString: name.assumingMemoryBound(to: CChar.self)))
            errno = 0
        }
        guard errno == 0 else { throw .system(.listDirectory, path: path, code: errno) }
        return names
    }

    /// Forces the names of new files onto the disk.
    static func synchronize(_ path: String, _ system: OutboxSystem) throws(OutboxError) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system(.open, path: path, code: errno) }
        defer { close(descriptor) }
        let code = system.synchronize(descriptor)
        guard code == 0 else { throw .system(.synchronize, path: path, code: code) }
    }
}
