import Glibc

/// A segment in memory: the map it is written through, or a copy of what the disk has.
///
/// Written segments are mapped, because a store into a map is with the kernel at once: no system call, and nothing is
/// lost when the process is killed. Old ones are copied, because a map of a file on a failing disk answers with
/// SIGBUS where `pread` answers with EIO.
///
/// `@unchecked Sendable`, safe: the pointer is immutable and freed in `deinit`. One lane writes, only behind what its
/// segment has published; all others read before that.
final class SegmentBytes: @unchecked Sendable {
    let base: UnsafeMutableRawPointer
    let count: Int
    /// The mapped file, open as long as anybody uses the map; nil for a copy.
    private let descriptor: Int32?
    // As long as anybody can write into the file, no other process may cut it.
    private let lock: DirectoryLock?

    private init(base: UnsafeMutableRawPointer, count: Int, descriptor: Int32?, lock: DirectoryLock?) {
        self.base = base
        self.count = count
        self.descriptor = descriptor
        self.lock = lock
    }

    deinit {
        guard let descriptor else { return base.deallocate() }
        munmap(base, count)
        close(descriptor)
    }

    var readable: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

    /// Maps the first `count` bytes of a file, which must have its room on the disk already. A store into a hole of
    /// a file on a full disk would be answered with SIGBUS.
    ///
    /// Takes the descriptor over, unless it throws.
    static func map(
        _ descriptor: Int32, count: Int, path: String, lock: DirectoryLock?
    ) throws(OutboxError) -> SegmentBytes {
        let base = mmap(nil, count, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
        guard let base, base != UnsafeMutableRawPointer(bitPattern: -1) else {
            throw .system(.map, path: path, code: errno)
        }
        return SegmentBytes(base: base, count: count, descriptor: descriptor, lock: lock)
    }

    /// Makes pages of the map ready to be written to, so that the lane does not have to stop in the kernel at each: for
    /// a page never touched before, and for each page once after it has been forced onto the disk.
    func populate(from start: Int, count bytes: Int) {
        let first = max(0, start) & ~4095
        let end = min(count, start + bytes)
        guard descriptor != nil, end > first else { return }
        // MADV_POPULATE_WRITE, since Linux 5.14. Older ones refuse: then the lane does stop.
        _ = madvise(base + first, end - first, 23)
    }

    /// Returns when everything written into the map so far is on the disk.
    func synchronize(_ system: OutboxSystem, path: String) throws(OutboxError) {
        guard let descriptor else { return }
        let code = system.synchronize(descriptor)
        guard code == 0 else { throw .system(.synchronize, path: path, code: code) }
    }

    /// Gives the file's end back. What is behind may not be touched any more. False when the disk does not let us.
    func cut(to end: Int) -> Bool {
        guard let descriptor else { return false }
        return ftruncate(descriptor, off_t(end)) == 0
    }

    /// A copy of the file's first `limit` bytes, or of the whole file where that is less.
    static func copy(_ descriptor: Int32, limit: Int, path: String) throws(OutboxError) -> SegmentBytes {
        let base = UnsafeMutableRawPointer.allocate(byteCount: max(8, limit), alignment: 8)
        var count = 0
        while count < limit {
            let read = pread(descriptor, base + count, limit - count, off_t(count))
            if read < 0 {
                let code = errno
                if code == EINTR { continue }
                base.deallocate()
                throw .system(.read, path: path, code: code)
            }
            if read == 0 { break }
            count += read
        }
        return SegmentBytes(base: base, count: count, descriptor: nil, lock: nil)
    }
}
