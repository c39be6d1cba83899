/// What a failure means for the target it happened on. Times in milliseconds.
enum FailureReaction: Equatable {
    /// For the request: no target will do better.
    case end
    /// Not this target again in this request.
    case leave
    /// The same target first. `isFree`: does not count as a retry (another key is used).
    case again(after: Int, isFree: Bool)
    /// Other targets first; this one again if none is left.
    case later(after: Int)
}
