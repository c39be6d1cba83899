package import Dialects

/// Why a target was not asked although it was its turn.
package enum SkipReason: Sendable, Hashable {
    /// It rests after failures; the class is that of the last one.
    /// `readyIn`: milliseconds until it may be asked again, nil if nobody knows.
    case resting(FailureClass, readyIn: Int?)
    /// All API keys of the provider rest.
    case keysResting(FailureClass, readyIn: Int?)
    /// A limit of the gateway on this target is used up.
    case ownLimit

    package var readyIn: Int? {
        switch self {
        case .resting(_, let wait), .keysResting(_, let wait): wait
        case .ownLimit: nil
        }
    }

    /// Why the target cannot be had, as a class; nil for a limit of our own.
    package var failureClass: FailureClass? {
        switch self {
        case .resting(let failureClass, _), .keysResting(let failureClass, _): failureClass
        case .ownLimit: nil
        }
    }
}
