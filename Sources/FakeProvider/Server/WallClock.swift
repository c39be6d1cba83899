#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

enum WallClock {
    /// Unix seconds.
    static var seconds: Int { time(nil) }
}
