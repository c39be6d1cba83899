import Glibc

/// The system calls that change something, so that a test can make each of them fail.
///
/// All answer 0 or an `errno`, `create` a descriptor or a negative `errno`.
struct OutboxSystem: Sendable {
    /// Opens a new file for reading and writing.
    var create: @Sendable (_ path: String) -> Int32 = Self.create
    /// Makes sure that the disk has room for so many bytes of the file, which become its length.
    var reserve: @Sendable (_ descriptor: Int32, _ bytes: Int) -> Int32 = Self.reserve
    /// The same by writing zeros, for file systems that cannot reserve.
    var fill: @Sendable (_ descriptor: Int32, _ bytes: Int) -> Int32 = Self.fill
    /// Returns when the file's content (through whatever map it was written) is on the disk.
    var synchronize: @Sendable (_ descriptor: Int32) -> Int32 = Self.synchronize
    var delete: @Sendable (_ path: String) -> Int32 = { unlink($0) == 0 ? 0 : errno }

    private static func create(_ path: String) -> Int32 {
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        return descriptor >= 0 ? descriptor : -errno
    }

    private static func reserve(_ descriptor: Int32, _ bytes: Int) -> Int32 {
        var code: Int32
        repeat { code = posix_fallocate(descriptor, 0, off_t(bytes)) } while code == EINTR
        return code
    }

    private static func fill(_ descriptor: Int32, _ bytes: Int) -> Int32 {
        let zeros = [UInt8](repeating: 0, count: 64 * 1024)
        var offset = 0
        while offset < bytes {
            let count = pwrite(descriptor, zeros, min(zeros.count, bytes - offset), off_t(offset))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return count < 0 ? errno : ENOSPC }
            offset += count
        }
        return 0
    }

    private static func synchronize(_ descriptor: Int32) -> Int32 {
        var result: Int32
        repeat { result = fdatasync(descriptor) } while result != 0 && errno == EINTR
        return result == 0 ? 0 : errno
    }
}
