import Foundation
import Testing

@testable import Upstream

@Suite("Descriptors")
struct DescriptorTests {
    @Test("The table holds what was reserved, within the process's limit, and nothing stays open")
    func reserve() throws {
        var limit = rlimit()
        #expect(getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0)
        reserveDescriptors(20_000)
        #expect(try Self.tableSize() >= min(20_000, Int(clamping: limit.rlim_cur)))
        #expect(fcntl(Int32(min(20_000, Int(clamping: limit.rlim_cur)) - 1), F_GETFD) == -1)
    }

    /// `FDSize` of proc(5): slots allocated.
    private static func tableSize() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("FDSize:") }
        return Int(try #require(line?.split(separator: "\t").last)) ?? 0
    }
}
