import WireJSON

/// Response headers as the bytes they travel as: `name: value` lines, each ended by CR LF.
///
/// A block that is the same for many answers is rendered once and appended whole; the rest costs a copy of its bytes
/// each, where a list of strings would cost two allocations and a pass per header.
package struct HeaderBlock: Sendable, ExpressibleByDictionaryLiteral {
    package private(set) var bytes: [UInt8]

    package init(reserving capacity: Int = 0) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    package init(dictionaryLiteral elements: (String, String)...) {
        bytes = []
        for (name, value) in elements { add(name, value) }
    }

    /// Line breaks and NUL in the value become spaces: they would let its author write the rest of the response.
    package mutating func add(_ name: StaticString, _ value: String) {
        begin(name)
        append(value)
        end()
    }

    /// As above, for names that are data: of a library's answer, never of a client.
    package mutating func add(_ name: String, _ value: String) {
        append(name)
        bytes.append(UInt8(ascii: ":"))
        bytes.append(UInt8(ascii: " "))
        append(value)
        end()
    }

    /// With a constant in front of the value.
    package mutating func add(_ name: StaticString, _ prefix: StaticString, _ value: String) {
        begin(name)
        append(prefix)
        append(value)
        end()
    }

    /// A constant value, which is taken as it is.
    package mutating func add(_ name: StaticString, _ value: StaticString) {
        begin(name)
        append(value)
        end()
    }

    package mutating func add(_ name: StaticString, _ value: Int) {
        begin(name)
        JSONText.appendInt(value, to: &bytes)
        end()
    }

    package mutating func add(_ block: HeaderBlock) {
        bytes.append(contentsOf: block.bytes)
    }

    private mutating func begin(_ name: StaticString) {
        append(name)
        bytes.append(UInt8(ascii: ":"))
        bytes.append(UInt8(ascii: " "))
    }

    private mutating func end() {
        bytes.append(13)
        bytes.append(10)
    }

    private mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    private mutating func append(_ text: String) {
        let start = bytes.count
        bytes.append(contentsOf: text.utf8)
        for index in start..<bytes.count where bytes[index] == 13 || bytes[index] == 10 || bytes[index] == 0 {
            bytes[index] = UInt8(ascii: " ")
        }
    }
}
