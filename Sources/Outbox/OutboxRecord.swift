/// A record as a reader sees it.
package struct OutboxRecord {
    /// Where it begins.
    package var position: OutboxPosition
    /// When it was appended, in milliseconds since 1970.
    package var time: Int
    /// Valid until the closure that got it returns.
    package var bytes: UnsafeRawBufferPointer
}
