/// Statements are prepared once for each text and kept, so their lists come in few lengths only.
enum StatementSizes {
    /// The largest number of rows that one `INSERT` carries: with 30 values each, within SQLite's 32,766 parameters.
    static let largest = 256

    /// Cuts a list into pieces whose lengths are powers of two.
    static func pieces<Element>(_ elements: [Element]) -> [ArraySlice<Element>] {
        var pieces: [ArraySlice<Element>] = []
        var start = 0
        var size = largest
        while start < elements.count {
            while size > elements.count - start { size /= 2 }
            pieces.append(elements[start..<start + size])
            start += size
        }
        return pieces
    }

    /// Repeats a value until the number of values is a power of two, which means nothing to `IN`.
    static func padded<Element>(_ elements: [Element], with element: Element) -> [Element] {
        var size = 1
        while size < elements.count { size *= 2 }
        return elements + Array(repeating: element, count: size - elements.count)
    }
}
