/// Whether, and with which key, a target may be asked now.
package enum TargetAdmission: Sendable {
    case pass(TargetPass)
    case skip(SkipReason)
}
