/// Writes a command into memory that is known to be large enough, so that nothing is checked or grown on the way.
struct CommandWriter {
    /// More than any header (22 bytes), a whole integer (27) or what encloses a text (24) takes.
    static let frame = 48

    private let space: UnsafeMutableRawBufferPointer
    /// Bytes written.
    private(set) var count = 0

    /// - Parameter space: As long as ``bound(_:)`` says for everything that is going to be written.
    init(_ space: UnsafeMutableRawBufferPointer) {
        self.space = space
    }

    /// Never less than what a command of these arguments takes.
    static func bound(_ arguments: [RedisArgument]) -> Int {
        arguments.reduce(self.frame) { sum, argument in
            switch argument {
            case .string(let text): sum + text.utf8.count + self.frame
            case .bytes(let bytes): sum + bytes.count + self.frame
            case .integer: sum + self.frame
            }
        }
    }

    mutating func argument(_ argument: RedisArgument) {
        switch argument {
        case .string(let text): self.string(text)
        case .bytes(let bytes): bytes.withUnsafeBytes { self.bulk($0) }
        case .integer(let value): self.integer(value)
        }
    }

    mutating func string(_ text: String) {
        var text = text
        text.withUTF8 { self.bulk(UnsafeRawBufferPointer($0)) }
    }

    mutating func integer(_ value: Int) {
        self.header(UInt8(ascii: "$"), Self.digits(of: value))
        self.decimal(value)
        self.lineEnd()
    }

    mutating func header(_ type: UInt8, _ count: Int) {
        self.byte(type)
        self.decimal(count)
        self.lineEnd()
    }

    private mutating func bulk(_ bytes: UnsafeRawBufferPointer) {
        self.header(UInt8(ascii: "$"), bytes.count)
        UnsafeMutableRawBufferPointer(rebasing: self.space[self.count...]).copyMemory(from: bytes)
        self.count += bytes.count
        self.lineEnd()
    }

    private mutating func byte(_ byte: UInt8) {
        self.space[self.count] = byte
        self.count += 1
    }

    private mutating func lineEnd() {
        self.byte(13)
        self.byte(10)
    }

    private mutating func decimal(_ value: Int) {
        let length = Self.digits(of: value)
        var rest = value.magnitude
        var place = self.count + length
        repeat {
            place -= 1
            self.space[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        } while rest > 0
        if value < 0 { self.space[self.count] = UInt8(ascii: "-") }
        self.count += length
    }

    /// Characters of the number in decimal, with its sign.
    private static func digits(of value: Int) -> Int {
        var count = value < 0 ? 2 : 1
        var rest = value.magnitude
        while rest >= 10 {
            count += 1
            rest /= 10
        }
        return count
    }
}
