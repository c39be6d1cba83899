import Glibc
import Synchronization

/// Makes, reopens, shortens and deletes the files of segments. Blocking; never on an event loop.
struct SegmentFile: Sendable {
    let directory: String
    let system: OutboxSystem
    let sync: OutboxSync

    /// Made ready for the first records of a segment.
    private static let firstPages = 256 * 1024

    func path(_ name: SegmentName) -> String { directory + "/" + name.file }

    /// A new segment with its room on the disk. Leaves nothing behind when it fails.
    func create(_ header: SegmentHeader, bytes: Int, lock: DirectoryLock?) throws(OutboxError) -> OutboxSegment {
        let path = path(header.name)
        let descriptor = system.create(path)
        guard descriptor >= 0 else { throw .system(.create, path: path, code: -descriptor) }
        do throws(OutboxError) {
            try reserve(descriptor, bytes, path)
            let map = try SegmentBytes.map(descriptor, count: bytes, path: path, lock: lock)
            header.write(to: map.base)
            // Where pages stay as they are, all at once; else the syncer sees to those that come next.
            map.populate(from: 0, count: sync == .off ? bytes : Self.firstPages)
            return OutboxSegment(header: header, path: path, map: map)
        } catch {
            // Only what comes before the map can fail, and it would have taken the descriptor over.
            close(descriptor)
            _ = system.delete(path)
            throw error
        }
    }

    private func reserve(_ descriptor: Int32, _ bytes: Int, _ path: String) throws(OutboxError) {
        var code = system.reserve(descriptor, bytes)
        if code == EOPNOTSUPP || code == EINVAL || code == ENOSYS { code = system.fill(descriptor, bytes) }
        guard code == 0 else { throw .system(.reserve, path: path, code: code) }
    }

    /// What is on the disk of a sealed segment.
    func content(of segment: OutboxSegment) throws(OutboxError) -> SegmentBytes {
        let end = segment.published.load(ordering: .acquiring)
        let descriptor = open(segment.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { throw .vanished(path: segment.path) }
            throw .system(.open, path: segment.path, code: errno)
        }
        defer { close(descriptor) }
        let bytes = try SegmentBytes.copy(descriptor, limit: end, path: segment.path)
        guard bytes.count == end else { throw .vanished(path: segment.path) }
        return bytes
    }

    /// Gives back what a sealed segment holds, on the disk what is behind its last record too.
    func release(_ segment: OutboxSegment) {
        guard segment.map != nil, let map = segment.releaseMap() else { return }
        let end = segment.published.load(ordering: .acquiring)
        if map.cut(to: end) { segment.fileBytes.store(end, ordering: .relaxed) }
    }

    func delete(_ segment: OutboxSegment) throws(OutboxError) {
        _ = segment.releaseMap()
        try delete(segment.path)
    }

    func delete(_ path: String) throws(OutboxError) {
        let code = system.delete(path)
        guard code == 0 || code == ENOENT else { throw .system(.delete, path: path, code: code) }
    }
}
