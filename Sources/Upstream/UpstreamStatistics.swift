/// A reading of the transport's counters. The first four are levels, the rest only grow.
package struct UpstreamStatistics: Sendable, Hashable {
    /// Calls submitted and not yet ended.
    package var openTransfers = 0
    /// Those among them that wait for a free connection.
    package var queuedTransfers = 0
    /// Sockets open to providers, idle ones included.
    package var connections = 0
    /// Name lookups under way.
    package var lookups = 0

    package var transfers = 0
    package var connectionsOpened = 0
    package var lookupsStarted = 0
    /// Times a stream was paused because its consumer did not keep up.
    package var pauses = 0
    /// Times an event loop woke a sleeping driver.
    package var driverWakeUps = 0
    /// Batches of results handed to an event loop.
    package var loopWakeUps = 0
    /// Connections that the address guard refused.
    package var blockedAddresses = 0

    package init() {}
}
