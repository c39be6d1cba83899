#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

enum AbruptClose {
    /// Lingering for no time at all makes the kernel send RST instead of FIN.
    static var option: linger {
        var option = linger()
        option.l_onoff = 1
        option.l_linger = 0
        return option
    }
}
