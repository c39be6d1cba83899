/// Where the top-level members of a document lie, found in one validating pass over the whole document.
///
/// A gateway that only needs a few members reads them with ``JSONSlice`` and changes them with
/// ``JSONEdits``; the rest of the document is relayed as it came, but known to be valid: grammar, UTF-8,
/// depth, and no duplicate names at any level (two parsers may disagree about which of two members counts).
package struct JSONMembers: Sendable {
    /// One member of an object. Ranges are indices of the scanned bytes.
    package struct Member: Sendable, Hashable {
        /// The name without its quotes, as spelled.
        package var name: Range<Int>
        /// The value, a string with its quotes.
        package var value: Range<Int>
        package var kind: JSONKind
        /// From the name's opening quote to the end of the value.
        package var whole: Range<Int>
        /// Whether the name is spelled with escapes.
        package var nameIsEscaped: Bool
    }

    /// In the order of the document.
    package var all: [Member]

    /// - Throws: the first thing that is wrong; ``JSONError/Kind/notAnObject`` for another kind of value.
    package init(scanning bytes: [UInt8], limits: JSONLimits = .default) throws(JSONError) {
        all = try bytes.withByteView { view throws(JSONError) in
            try Self.members(in: view, limits: limits, base: 0)
        }
    }

    /// Ranges are indices of the slice, hence of the array it is taken from.
    package init(scanning bytes: ArraySlice<UInt8>, limits: JSONLimits = .default) throws(JSONError) {
        let base = bytes.startIndex
        all = try bytes.withByteView { view throws(JSONError) in
            try Self.members(in: view, limits: limits, base: base)
        }
    }

    /// The member of this name, compared after escapes are resolved. `bytes` are those that were scanned.
    package func member(_ name: StaticString, in bytes: [UInt8]) -> Member? {
        bytes.withByteView { view in
            name.withByteView { wanted in
                all.first { wanted.matches($0, in: view) }
            }
        }
    }

    private static func members(
        in view: ByteView, limits: JSONLimits, base: Int
    ) throws(JSONError) -> [Member] {
        var walker = JSONWalker(view, limits: limits)
        var sink = MembersSink(base: base)
        do throws(JSONFault) {
            try walker.walk(&sink, objectOnly: true)
        } catch {
            throw JSONError(error, in: view, limits: limits, base: base)
        }
        return sink.members
    }
}

extension ByteView {
    /// Whether this view is the name of `member`, whose ranges are indices of `document`.
    fileprivate func matches(_ member: JSONMembers.Member, in document: ByteView) -> Bool {
        if member.nameIsEscaped {
            return document.unescaped(member.name).elementsEqual(bytes(0..<count))
        }
        guard member.name.count == count else { return false }
        for offset in 0..<count where self[offset] != document[member.name.lowerBound &+ offset] {
            return false
        }
        return true
    }
}
