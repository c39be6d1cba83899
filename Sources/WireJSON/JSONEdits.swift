/// Changes to one document by position: the source stays untouched until `apply`, and what no edit
/// touches is copied byte for byte.
///
/// Ranges are those of a ``JSONMembers`` scan of the same bytes. Of two edits of one range the later
/// wins; an edit inside a removed or replaced range has no effect.
package struct JSONEdits: Sendable {
    private struct Replacement {
        var range: Range<Int>
        var bytes: [UInt8]
    }

    private var replacements: [Replacement] = []
    private var removals: [Range<Int>] = []
    private var additions: [UInt8] = []

    package init() {}

    package var isEmpty: Bool { replacements.isEmpty && removals.isEmpty && additions.isEmpty }

    /// Puts `bytes` in the place of a value, or of any other range.
    package mutating func replace(_ range: Range<Int>, with bytes: [UInt8]) {
        replacements.append(Replacement(range: range, bytes: bytes))
    }

    /// Removes a member (of the outermost or of a nested object) and the comma that goes with it.
    package mutating func remove(_ member: JSONMembers.Member) {
        removals.append(member.whole)
    }

    /// Adds a member at the end of the outermost object. The caller knows that there is none of this name.
    package mutating func append(member name: StaticString, value: [UInt8]) {
        append(member: name.description, value: value)
    }

    /// Adds a member at the end of the outermost object. The caller knows that there is none of this name.
    package mutating func append(member name: String, value: [UInt8]) {
        if !additions.isEmpty { additions.append(UInt8(ascii: ",")) }
        JSONText.appendString(name, to: &additions)
        additions.append(UInt8(ascii: ":"))
        additions.append(contentsOf: value)
    }

    /// The edited document. `source` holds the scanned object.
    package func apply(to source: [UInt8]) -> [UInt8] {
        apply(to: source[...])
    }

    /// The edited document. Ranges are indices of the slice.
    package func apply(to source: ArraySlice<UInt8>) -> [UInt8] {
        let base = source.startIndex
        return source.withByteView { view in
            edited(view, base: base)
        }
    }

    private func edited(_ view: ByteView, base: Int) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(view.count &+ additions.count &+ replacements.reduce(8) { $0 &+ $1.bytes.count })
        var position = 0
        for change in changes(in: view, base: base) where change.range.lowerBound >= position {
            view.append(position..<change.range.lowerBound, to: &output)
            output.append(contentsOf: change.bytes)
            position = change.range.upperBound
        }
        if position < view.count { view.append(position..<view.count, to: &output) }
        return output
    }

    /// All edits in the order of their positions; at one position the widest and then the latest first.
    private func changes(in view: ByteView, base: Int) -> [Replacement] {
        var changes = removedRanges(in: view, base: base).map { Replacement(range: $0, bytes: []) }
        for replacement in replacements.reversed() {
            let lower = replacement.range.lowerBound &- base
            let upper = replacement.range.upperBound &- base
            if lower >= 0, upper <= view.count {
                changes.append(Replacement(range: lower..<upper, bytes: replacement.bytes))
            }
        }
        if changes.count > 1 { sort(&changes) }
        if !additions.isEmpty, let end = view.closingBrace {
            let isEmpty = isEmpty(upTo: end, in: view, without: changes)
            changes.append(Replacement(range: end..<end, bytes: (isEmpty ? [] : [UInt8(ascii: ",")]) + additions))
        }
        return changes
    }

    private func sort(_ changes: inout [Replacement]) {
        let ordered = changes.enumerated().sorted { first, second in
            let (one, other) = (first.element.range, second.element.range)
            if one.lowerBound != other.lowerBound { return one.lowerBound < other.lowerBound }
            if one.count != other.count { return one.count > other.count }
            return first.offset < second.offset
        }
        changes = ordered.map(\.element)
    }

    /// Whether the outermost object has no member left before `end` once `changes` are applied.
    private func isEmpty(upTo end: Int, in view: ByteView, without changes: [Replacement]) -> Bool {
        var index = view.afterWhitespace(from: view.afterWhitespace(from: 0) &+ 1)
        for change in changes where change.bytes.isEmpty && change.range.lowerBound <= index {
            index = max(index, view.afterWhitespace(from: change.range.upperBound))
        }
        return index >= end
    }

    /// Removals with their commas. Neighbours are joined first: only a whole run of removed members can
    /// tell which comma is left over.
    private func removedRanges(in view: ByteView, base: Int) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        for removal in removals.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            let lower = removal.lowerBound &- base
            let upper = removal.upperBound &- base
            guard lower >= 0, upper <= view.count else { continue }
            if let last = runs.last, lower <= view.afterComma(from: last.upperBound) ?? last.upperBound {
                runs[runs.count &- 1] = last.lowerBound..<max(last.upperBound, upper)
            } else {
                runs.append(lower..<upper)
            }
        }
        return runs.map { run in
            if let next = view.afterComma(from: run.upperBound) { return run.lowerBound..<next }
            return (view.commaBefore(run.lowerBound) ?? run.lowerBound)..<run.upperBound
        }
    }
}

extension ByteView {
    /// The last byte of the document, if it is the end of an object.
    fileprivate var closingBrace: Int? {
        var index = count &- 1
        while index > 0, self[index] <= 0x20 { index &-= 1 }
        return self[index] == UInt8(ascii: "}") ? index : nil
    }

    /// Behind the comma that follows `index` and the white space after it; nil if none follows.
    fileprivate func afterComma(from index: Int) -> Int? {
        let comma = afterWhitespace(from: index)
        return self[comma] == UInt8(ascii: ",") ? afterWhitespace(from: comma &+ 1) : nil
    }

    /// The comma before `index` with nothing but white space between.
    fileprivate func commaBefore(_ index: Int) -> Int? {
        var comma = index &- 1
        while comma > 0, self[comma] <= 0x20 { comma &-= 1 }
        return self[comma] == UInt8(ascii: ",") ? comma : nil
    }
}
