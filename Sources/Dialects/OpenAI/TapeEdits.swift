/// Changes to the bytes that an ``AnswerTape`` describes. What no edit touches is copied as it came.
///
/// Like `JSONEdits`, but made for one chunk after the other: its storage is reused, edits are kept in order
/// instead of being sorted at the end, and the output is an array that other chunks share.
struct TapeEdits {
    private struct Edit {
        var range: Range<Int>
        var text: [UInt8]
    }

    /// Ordered by lower bound, without overlaps.
    private var edits: [Edit] = []

    init() {}

    var isEmpty: Bool { edits.isEmpty }

    /// Whether an edit changes anything in `range`.
    func touches(_ range: Range<Int>) -> Bool {
        edits.contains { $0.range.overlaps(range) }
    }

    mutating func removeAll() {
        edits.removeAll(keepingCapacity: true)
    }

    /// Puts `text` in the place of `range`. Ranges must not overlap those of other edits.
    mutating func replace(_ range: Range<Int>, with text: [UInt8]) {
        var position = edits.count
        while position > 0, edits[position &- 1].range.lowerBound > range.lowerBound { position &-= 1 }
        edits.insert(Edit(range: range, text: text), at: position)
    }

    /// Removes members of an object (elements of an array) with their commas, and adds others at its end.
    /// Once per object: which commas stay depends on all its members.
    ///
    /// - Parameters:
    ///   - parent: the object's or array's position on the tape.
    ///   - appending: JSON members without surrounding commas, such as `"a":1,"b":2`.
    ///   - isDropped: tells by position and entry which ones go.
    mutating func shape(
        _ parent: Int, of tape: AnswerTape, appending: [UInt8] = [],
        dropping isDropped: (Int, AnswerEntry) -> Bool = { _, _ in false }
    ) {
        var isAnyKept = false
        var previousEnd = 0
        var pending: AnswerEntry?
        for child in tape.children(of: parent) {
            let entry = tape[child]
            if let dropped = pending {
                // Nothing kept before it: its comma is the one behind it.
                replace(dropped.member.lowerBound..<entry.member.lowerBound, with: [])
                pending = nil
            }
            if !isDropped(child, entry) {
                isAnyKept = true
            } else if isAnyKept {
                replace(previousEnd..<entry.member.upperBound, with: [])
            } else {
                pending = entry
            }
            previousEnd = entry.member.upperBound
        }
        if let pending { replace(pending.member, with: []) }
        if !appending.isEmpty {
            let end = tape[parent].value.upperBound &- 1
            replace(end..<end, with: (isAnyKept ? [UInt8(ascii: ",")] : []) + appending)
        }
    }

    /// Appends the edited `source` to `output`.
    func apply(to source: [UInt8], into output: inout [UInt8]) {
        var position = 0
        for edit in edits where edit.range.lowerBound >= position && edit.range.upperBound <= source.count {
            output.append(contentsOf: source[position..<edit.range.lowerBound])
            output.append(contentsOf: edit.text)
            position = edit.range.upperBound
        }
        output.append(contentsOf: source[position...])
    }

    /// Where an untouched byte of the source comes to lie in the edited text.
    func position(of offset: Int) -> Int {
        var position = offset
        for edit in edits where edit.range.upperBound <= offset {
            position &+= edit.text.count &- edit.range.count
        }
        return position
    }
}
