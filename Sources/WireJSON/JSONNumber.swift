/// A number that keeps its spelling, so that a value relayed is the value received: `1.0` stays `1.0`
/// and no digit of a long number is lost. Two numbers are equal when spelled alike.
package struct JSONNumber: Sendable, Hashable, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral {
    /// Valid JSON number text.
    package let text: String

    package init(_ value: Int) {
        text = String(value)
    }

    /// The shortest text that reads back as `value`; `0` for infinities and NaN, which JSON cannot write.
    package init(_ value: Double) {
        text = value.isFinite ? value.description : "0"
    }

    package init(integerLiteral value: Int) {
        self.init(value)
    }

    package init(floatLiteral value: Double) {
        self.init(value)
    }

    /// nil if `text` is not exactly one JSON number.
    package init?(parsing text: String) {
        var sink = MembersSink(base: 0)
        var text = text
        let isNumber = text.withUTF8 { buffer in
            let view = ByteView(buffer)
            guard view[0] == UInt8(ascii: "-") || view[0] &- UInt8(ascii: "0") < 10, view[view.count &- 1] > 0x20
            else { return false }
            var walker = JSONWalker(view, limits: .default)
            do throws(JSONFault) {
                try walker.walk(&sink)
            } catch {
                return false
            }
            return true
        }
        guard isNumber else { return nil }
        self.text = text
    }

    /// - Parameter text: what a walk has found to be a number.
    init(validated text: String) {
        self.text = text
    }

    /// The value if it is integral and fits, whatever the spelling: `5`, `5.0`, `50e-1`. Exact: no
    /// floating point in between.
    package var int: Int? {
        Int(text) ?? integralValue
    }

    /// The nearest double; nil if the number is too large for one.
    package var double: Double? {
        guard let value = Double(text), value.isFinite else { return nil }
        return value
    }

    private var integralValue: Int? {
        var digits: [UInt8] = []
        var exponent = 0
        var fraction = false
        var bytes = Array(text.utf8)[...]
        let isNegative = bytes.first == UInt8(ascii: "-")
        if isNegative { bytes.removeFirst() }
        if let mark = bytes.firstIndex(where: { $0 | 0x20 == UInt8(ascii: "e") }) {
            guard let value = Int(String(decoding: bytes[(mark + 1)...], as: UTF8.self)) else { return nil }
            exponent = min(max(value, -100_000_000), 100_000_000)
            bytes = bytes[..<mark]
        }
        for byte in bytes {
            if byte == UInt8(ascii: ".") {
                fraction = true
            } else {
                digits.append(byte &- UInt8(ascii: "0"))
                if fraction { exponent &-= 1 }
            }
        }
        while digits.last == 0 {
            digits.removeLast()
            exponent &+= 1
        }
        if digits.isEmpty { return 0 }
        guard exponent >= 0, exponent <= 19 else { return nil }
        return Self.int(digits, exponent: exponent, isNegative: isNegative)
    }

    private static func int(_ digits: [UInt8], exponent: Int, isNegative: Bool) -> Int? {
        var value = 0
        for digit in digits.drop(while: { $0 == 0 }) + Array(repeating: 0, count: exponent) {
            let (product, productOverflows) = value.multipliedReportingOverflow(by: 10)
            let (sum, sumOverflows) = product.subtractingReportingOverflow(Int(digit))
            guard !productOverflows, !sumOverflows else { return nil }
            value = sum
        }
        // Collected as a negative number, because the smallest Int has no positive counterpart.
        if isNegative { return value }
        return value == .min ? nil : -value
    }
}
