import Glibc

/// How an outbox is opened.
package struct OutboxOptions: Sendable {
    /// Created with mode 0700 if absent; its parent must exist. Belongs to one process at a time.
    package var directory: String
    /// One for each thread that appends.
    package var lanes: Int
    /// Size of a segment. A record takes at most this less 80 bytes.
    package var segmentBytes = 4 << 20
    /// All segments together, those of former processes included. At this bound appends are refused.
    package var maxBytes = 1 << 30
    package var sync = OutboxSync.interval(milliseconds: 100)
    /// Milliseconds since 1970; read once for each record.
    package var clock: @Sendable () -> Int = OutboxOptions.coarseClock

    package init(directory: String, lanes: Int) {
        self.directory = directory
        self.lanes = lanes
    }

    static let maxLanes = 1024
    static let segmentRange = 4096...(256 << 20)

    func check() throws(OutboxError) {
        guard !directory.isEmpty else { throw .invalidOptions("the directory must have a name") }
        guard (1...Self.maxLanes).contains(lanes) else {
            throw .invalidOptions("lanes must be 1 to \(Self.maxLanes), not \(lanes)")
        }
        guard Self.segmentRange.contains(segmentBytes), segmentBytes % 4096 == 0 else {
            let range = "\(Self.segmentRange.lowerBound) to \(Self.segmentRange.upperBound)"
            throw .invalidOptions("segmentBytes must be a multiple of 4096 from \(range), not \(segmentBytes)")
        }
        // Each lane needs the segment it writes and the next one.
        guard maxBytes >= lanes * segmentBytes * 2 else {
            throw .invalidOptions("maxBytes must be at least \(lanes * segmentBytes * 2), two segments for each lane")
        }
        if case .interval(let milliseconds) = sync, !(1...60_000).contains(milliseconds) {
            throw .invalidOptions("the sync interval must be 1 to 60000 milliseconds, not \(milliseconds)")
        }
    }

    /// The system's clock to within a few milliseconds, at a quarter of the price of the exact one.
    @Sendable private static func coarseClock() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME_COARSE, &time)
        return Int(time.tv_sec) &* 1000 &+ Int(time.tv_nsec) / 1_000_000
    }
}
