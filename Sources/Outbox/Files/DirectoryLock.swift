import Glibc

/// The right to work in a directory, held until the last reference goes. The kernel ends it with the process.
final class DirectoryLock: Sendable {
    private let descriptor: Int32

    static let fileName = "lock"

    /// Throws ``OutboxError/locked(directory:process:)`` when another holds it.
    init(directory: String) throws(OutboxError) {
        let path = directory + "/" + Self.fileName
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .system(.lock, path: path, code: errno) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            let holder = Self.readHolder(descriptor)
            close(descriptor)
            if code == EWOULDBLOCK { throw .locked(directory: directory, process: holder) }
            throw .system(.lock, path: path, code: code)
        }
        self.descriptor = descriptor
        Self.writeHolder(descriptor)
    }

    deinit {
        close(descriptor)
    }

    private static func readHolder(_ descriptor: Int32) -> Int? {
        var bytes = [UInt8](repeating: 0, count: 20)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        guard count > 0 else { return nil }
        return Int(String(decoding: bytes.prefix(count).prefix { $0 != 0x0A }, as: UTF8.self))
    }

    /// Only for the other's error message: on a full disk it is left out.
    private static func writeHolder(_ descriptor: Int32) {
        let text = Array("\(getpid())\n".utf8)
        if ftruncate(descriptor, 0) == 0 { _ = pwrite(descriptor, text, text.count, 0) }
    }
}
