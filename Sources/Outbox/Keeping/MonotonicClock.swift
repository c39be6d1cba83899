import Glibc

enum MonotonicClock {
    /// Milliseconds since some moment in the past; never goes back.
    static func milliseconds() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int(time.tv_sec) &* 1000 &+ Int(time.tv_nsec) / 1_000_000
    }
}
