/// Client connections of a server.
package struct ConnectionCounters: Sendable, Hashable {
    package var open: Int
    /// The most that were open at one time.
    package var peak: Int
    package var total: Int

    package init(open: Int = 0, peak: Int = 0, total: Int = 0) {
        self.open = open
        self.peak = peak
        self.total = total
    }
}
