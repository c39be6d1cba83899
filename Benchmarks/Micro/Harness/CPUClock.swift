#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The CPU time this process has used, user and kernel, over all its threads. Unlike the time of day it does not run
/// while other programs have the core.
enum CPUClock {
    static var nanoseconds: Int {
        var time = timespec()
        guard clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0 else { return 0 }
        return Int(time.tv_sec) * 1_000_000_000 + Int(time.tv_nsec)
    }
}
