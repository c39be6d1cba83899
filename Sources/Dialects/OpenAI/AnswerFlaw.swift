/// Why a text is no answer.
enum AnswerFlaw: Error {
    /// It ends in the middle: the connection was probably cut.
    case cut
    case malformed
}
