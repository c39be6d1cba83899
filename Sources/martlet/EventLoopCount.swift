import Foundation

/// One event loop per core this process may use.
enum EventLoopCount {
    /// By the affinity mask, not by the machine: a gateway pinned to one core must not spread over threads that
    /// then fight for it. The mask is in proc(5), `Cpus_allowed`: hexadecimal words between commas.
    static func forThisProcess() -> Int {
        let fallback = max(1, ProcessInfo.processInfo.activeProcessorCount)
        guard let data = FileManager.default.contents(atPath: "/proc/self/status") else { return fallback }
        for line in String(decoding: data, as: UTF8.self).split(separator: "\n") where line.hasPrefix("Cpus_allowed:") {
            let bits = line.dropFirst("Cpus_allowed:".count).compactMap(\.hexDigitValue).map(\.nonzeroBitCount)
            return min(fallback, max(1, bits.reduce(0, +)))
        }
        return fallback
    }
}
