#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Waiting of a thread of our own, never of one that belongs to Swift's concurrency.
enum Sleep {
    /// Sleeps until one of the descriptors is ready or the time has come; nil: without limit. Returns what is ready, in
    /// the order of the descriptors, or nil when it is time.
    static func wait(
        _ interests: [(descriptor: Int32, events: Int32)], until deadline: ContinuousClock.Instant?
    ) -> [Bool]? {
        var entries = interests.map { pollfd(fd: $0.descriptor, events: Int16($0.events), revents: 0) }
        while true {
            let count = poll(&entries, nfds_t(entries.count), milliseconds(until: deadline))
            if count > 0 { return entries.map { $0.revents != 0 } }
            if count == 0, let deadline, ContinuousClock.now >= deadline { return nil }
            // Too early because of a signal, or because the longest wait poll knows is over.
            if count < 0, errno != EINTR { return nil }
        }
    }

    /// Sleeps for that long and cannot be woken.
    static func pause(_ duration: Duration) {
        _ = wait([], until: .now + duration)
    }

    /// Rounded up, or the thread would spin through the last millisecond.
    private static func milliseconds(until deadline: ContinuousClock.Instant?) -> Int32 {
        guard let deadline else { return -1 }
        let left = (deadline - .now).components
        if left.seconds > 1_000_000 { return 1_000_000_000 }
        let milliseconds = left.seconds * 1000 + (left.attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
        return Int32(clamping: max(0, milliseconds))
    }
}
