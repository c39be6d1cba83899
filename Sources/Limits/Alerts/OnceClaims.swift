package import NIOCore

/// Settles who does something that is to be done once.
package protocol OnceClaims: Sendable {
    /// Whether the caller is the first to claim the key in so many milliseconds. Never fails: in doubt it is true, so
    /// that a thing is done twice rather than never.
    func claim(_ key: String, forMilliseconds duration: Int, on loop: any EventLoop) async -> Bool
}
