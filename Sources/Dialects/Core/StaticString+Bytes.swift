extension [UInt8] {
    /// Appends the text's UTF-8 without making a String or a temporary array.
    mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { append(contentsOf: $0) }
    }
}

extension StaticString {
    /// Whether the text's UTF-8 equals these bytes.
    func equals(_ bytes: ArraySlice<UInt8>) -> Bool {
        utf8CodeUnitCount == bytes.count && withUTF8Buffer { $0.elementsEqual(bytes) }
    }
}
