extension [UInt8] {
    /// Appends a number that is not negative, and a blank.
    mutating func append(decimal value: Int) {
        var value = UInt(Swift.max(0, value))
        let start = count
        repeat {
            let (quotient, remainder) = value.quotientAndRemainder(dividingBy: 10)
            append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: remainder))
            value = quotient
        } while value > 0
        self[start...].reverse()
        append(UInt8(ascii: " "))
    }
}
