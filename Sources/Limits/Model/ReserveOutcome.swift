/// The answer of `reserve`.
package enum ReserveOutcome: Sendable {
    case admitted(Reservation)
    case refused(Refusal)
}
