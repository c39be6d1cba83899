/// What the walker throws: small and free of allocation. ``JSONError`` is built from it at the border.
struct JSONFault: Error {
    enum Reason: UInt8 {
        case unexpectedEnd, unexpectedByte, duplicateMember, tooDeep, badUTF8, badNumber, badEscape
        case controlCharacter, trailingBytes, notAnObject, tooManyContainers, tooManyValues
    }

    /// What the grammar allows where the fault lies.
    enum Expectation: UInt8 {
        case value, nameOrEnd, name, colon, commaOrObjectEnd, commaOrArrayEnd, stringEnd, object
    }

    var reason: Reason
    /// Counted from the start of the view; of a duplicate: the first byte of the second name.
    var offset: Int
    var expected: Expectation = .value
}
