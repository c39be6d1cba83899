#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Wakes a thread that sleeps in ``Sleep/wait(_:)``: a pipe.
final class Wakeup: Sendable {
    let descriptor: Int32
    private let writer: Int32

    /// Nil when the process is out of file descriptors.
    init?() {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0, let reader = ends.first, let writer = ends.last else { return nil }
        self.descriptor = reader
        self.writer = writer
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
    }

    deinit {
        close(descriptor)
        close(writer)
    }

    func wake() {
        var byte: UInt8 = 1
        // A full pipe wakes as well as one more byte would.
        _ = write(writer, &byte, 1)
    }

    /// Takes back what woke the thread. What it was woken for is to be looked at afterwards.
    func drain() {
        var bytes: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        let size = MemoryLayout.size(ofValue: bytes)
        while read(descriptor, &bytes, size) == size {}
    }
}
