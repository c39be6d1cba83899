/// Writers for pieces of JSON text.
package enum JSONText {
    /// Appends a quoted string: UTF-8 as it is, with quote, backslash and controls escaped.
    package static func appendString(_ text: String, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { buffer in
            appendEscaped(ByteView(buffer), to: &output)
        }
        output.append(UInt8(ascii: "\""))
    }

    /// Appends a quoted string whose UTF-8 the caller holds as bytes (valid UTF-8).
    package static func appendString(utf8 bytes: [UInt8], to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        bytes.withByteView { appendEscaped($0, to: &output) }
        output.append(UInt8(ascii: "\""))
    }

    /// The quoted string on its own.
    package static func quoted(_ text: String) -> [UInt8] {
        var output: [UInt8] = []
        appendString(text, to: &output)
        return output
    }

    /// Appends decimal digits, with a sign if negative.
    package static func appendInt(_ value: Int, to output: inout [UInt8]) {
        if value >= 0, value < 10 {
            output.append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: value))
            return
        }
        if value < 0 { output.append(UInt8(ascii: "-")) }
        let start = output.count
        var rest = value.magnitude
        repeat {
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            output.append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: digit))
            rest = quotient
        } while rest > 0
        // By index: a slice of the array would share its storage, and reversing it copy that.
        var (low, high) = (start, output.count &- 1)
        while low < high {
            output.swapAt(low, high)
            low &+= 1
            high &-= 1
        }
    }

    private static func appendEscaped(_ view: ByteView, to output: inout [UInt8]) {
        var start = 0
        while start < view.count {
            let stop = view.escapeStop(from: start)
            view.append(start..<stop, to: &output)
            if stop < view.count { appendEscape(view[stop], to: &output) }
            start = stop &+ 1
        }
    }

    private static func appendEscape(_ byte: UInt8, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): output.append(byte)
        case 0x0A: output.append(UInt8(ascii: "n"))
        case 0x0D: output.append(UInt8(ascii: "r"))
        case 0x09: output.append(UInt8(ascii: "t"))
        case 0x08: output.append(UInt8(ascii: "b"))
        case 0x0C: output.append(UInt8(ascii: "f"))
        default:
            output.append(contentsOf: [UInt8(ascii: "u"), 0x30, 0x30])
            output.append(UInt8(ascii: "0") &+ byte >> 4)
            let low = byte & 0x0F
            output.append(low < 10 ? UInt8(ascii: "0") &+ low : UInt8(ascii: "a") &- 10 &+ low)
        }
    }
}
