/// Receives the parts of a document in order while a ``JSONWalker`` validates it. Ranges count from the
/// start of the walked view.
protocol JSONSink {
    /// A member name, without its quotes; its value follows.
    mutating func name(_ range: Range<Int>, escaped: Bool)
    /// A string (with its quotes), number, boolean or null.
    mutating func scalar(_ range: Range<Int>, kind: JSONKind, escaped: Bool)
    /// An object or an array opens at `offset`.
    mutating func begin(_ kind: JSONKind, at offset: Int)
    /// The innermost open object or array ends; `offset` is behind its closing byte.
    mutating func end(_ kind: JSONKind, at offset: Int)
}
