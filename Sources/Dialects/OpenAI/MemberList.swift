/// JSON members joined by commas, to be added to an object.
struct MemberList {
    private(set) var text: [UInt8] = []

    var isEmpty: Bool { text.isEmpty }

    /// - Parameter name: without quotes, nothing to escape in it.
    mutating func add(_ name: StaticString, _ value: [UInt8]) {
        text.append(text.isEmpty ? "\"" : ",\"")
        text.append(name)
        text.append("\":")
        text += value
    }
}
