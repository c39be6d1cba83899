/// How many rows were deleted.
package struct RetentionSweep: Sendable, Hashable {
    /// Requests; their attempts are not counted.
    package var rows = 0
    package var logs = 0
    package var rollups = 0

    package init() {}
}
