/// One header field; the spelling of the name is kept, lookups ignore its case.
package struct FakeHeader: Sendable, Hashable {
    package var name: String
    package var value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    func isNamed(_ other: String) -> Bool {
        name.utf8.count == other.utf8.count
            && zip(name.utf8, other.utf8).allSatisfy { $0.asciiLowercased == $1.asciiLowercased }
    }
}

extension [FakeHeader] {
    /// The value of the first field with this name, in any case.
    package func first(_ name: String) -> String? {
        first { $0.isNamed(name) }?.value
    }

    /// Replaces the fields of that name, or appends one.
    mutating func set(_ name: String, _ value: String) {
        removeAll { $0.isNamed(name) }
        append(FakeHeader(name, value))
    }
}

extension UInt8 {
    var asciiLowercased: UInt8 { (0x41...0x5A).contains(self) ? self | 0x20 : self }
}
