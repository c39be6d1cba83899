package import Dialects

/// Whether a target may be asked now.
package enum HealthAdmission: Sendable {
    case pass(HealthPass)
    /// Not now: the class of its last failure, and milliseconds until it is worth asking again.
    case rests(FailureClass, readyIn: Int)
}
