import WireJSON

/// The tool calls of one choice of a stream: gives every fragment the call it belongs to.
///
/// Providers number calls in several ways: properly; all with index 0 and different ids; without an index;
/// with id and name in every fragment; without ids. Clients get indices 0, 1, 2 … and one id for each.
struct ToolCallTrack {
    struct Call {
        fileprivate var upstreamIndex: Int?
        /// As the provider wrote it, a JSON string with its quotes; empty while there is none.
        fileprivate var upstreamID: [UInt8]
        /// What the client sees: the provider's id, or one of ours where that is missing or taken.
        fileprivate(set) var id: [UInt8]
        /// A JSON string with its quotes; empty until the provider states it.
        fileprivate(set) var name: [UInt8] = []
        let isCustom: Bool
        /// Shown to the client. A call without a name waits for it.
        fileprivate(set) var isAnnounced = false
        /// Arguments (string content, escaped) that came before the name.
        fileprivate var held: [UInt8] = []
        /// Whether the name came late and arguments wait to be written with it.
        var holdsArguments: Bool { !held.isEmpty }
        /// Whether any argument text was sent.
        fileprivate(set) var hasArguments = false
        /// All arguments so far; kept only without an id, where they tell one call from the next.
        fileprivate var arguments: [UInt8] = []
        /// How often those were parsed.
        fileprivate var looks = 0
    }

    private(set) var calls: [Call] = []

    /// More calls than this in one answer are an attack or a loop.
    private static let maxCalls = 1024
    /// Bytes of arguments kept per call, where any are.
    private static let maxKept = 1 << 20
    /// Parsing all arguments at every fragment would cost the square of their size.
    private static let maxLooks = 64

    /// Whether the client knows of any call.
    var hasAnnounced: Bool { calls.contains(where: \.isAnnounced) }

    /// Whether more fragments like this one change nothing here: a later part of the latest call, whose id is
    /// the provider's and whose arguments have begun.
    func isUnderWay(_ fragment: ToolFragment) -> Bool {
        guard !fragment.starts, fragment.call == calls.count &- 1, let call = calls.last else { return false }
        return !call.upstreamID.isEmpty && call.hasArguments && fragment.id == nil && fragment.name == nil
    }

    /// Calls the client knows of and that have sent no arguments at all.
    var bareCalls: [Int] {
        calls.indices.filter { calls[$0].isAnnounced && !calls[$0].hasArguments && !calls[$0].isCustom }
    }

    /// Finds or starts the call of `fragment`. nil for one that belongs to none.
    mutating func place(
        _ fragment: ToolFragment, on tape: AnswerTape, in data: [UInt8], newID: (Int) -> String
    ) -> ToolFragment? {
        var fragment = fragment
        let index = fragment.index.flatMap { tape.natural($0, in: data) }
        let id = fragment.id.map { data[tape[$0].value] }
        let name = fragment.name.map { data[tape[$0].value] }
        if let known = id.map({ known(index: index, id: $0, name: name) }) ?? known(index: index, name: name) {
            fragment.call = known
        } else {
            guard fragment.function != nil || fragment.isCustom, calls.count < Self.maxCalls else { return nil }
            start(index: index, id: id, isCustom: fragment.isCustom, newID: newID)
            fragment.call = calls.count &- 1
        }
        if let id, calls[fragment.call].upstreamID.isEmpty, !calls[fragment.call].isAnnounced {
            calls[fragment.call].upstreamID = Array(id)
            if !isTaken(id) { calls[fragment.call].id = Array(id) }
        }
        if let name, calls[fragment.call].name.isEmpty { calls[fragment.call].name = Array(name) }
        fragment.starts = announce(fragment.call)
        take(fragment, on: tape, in: data)
        return fragment
    }

    /// The call that a fragment with an id continues; nil if it starts one.
    private func known(index: Int?, id: ArraySlice<UInt8>, name: ArraySlice<UInt8>?) -> Int? {
        let sameID = calls.lastIndex { call in
            // Two calls of one id under different indices are two calls.
            call.upstreamID[...] == id && (index == nil || call.upstreamIndex == nil || call.upstreamIndex == index)
        }
        if let sameID { return sameID }
        guard let open = open(index) else { return nil }
        // An id that comes late, or a new one in every fragment.
        let isLate = calls[open].upstreamID.isEmpty && !calls[open].isAnnounced
        return name == nil || isLate ? open : nil
    }

    /// The call that a fragment without an id continues; nil if it starts one.
    private mutating func known(index: Int?, name: ArraySlice<UInt8>?) -> Int? {
        guard let open = open(index), let name, calls[open].isAnnounced else { return open(index) }
        // A name again: the same call repeated, or the next one of a provider that gives no ids.
        guard name == calls[open].name[...] else { return nil }
        return calls[open].upstreamID.isEmpty && isComplete(open) ? nil : open
    }

    /// The latest call under an index; without an index the latest of all.
    private func open(_ index: Int?) -> Int? {
        guard let index else { return calls.indices.last }
        return calls.lastIndex { $0.upstreamIndex == index || $0.upstreamIndex == nil }
    }

    private mutating func start(index: Int?, id: ArraySlice<UInt8>?, isCustom: Bool, newID: (Int) -> String) {
        let upstreamID = id.map(Array.init) ?? []
        let isUsable = !upstreamID.isEmpty && !isTaken(upstreamID[...])
        calls.append(
            Call(
                upstreamIndex: index, upstreamID: upstreamID,
                id: isUsable ? upstreamID : JSONText.quoted(newID(calls.count)), isCustom: isCustom))
    }

    private func isTaken(_ id: ArraySlice<UInt8>) -> Bool { calls.contains { $0.id[...] == id } }

    /// Marks a call as shown if it can be shown now for the first time.
    private mutating func announce(_ call: Int) -> Bool {
        guard !calls[call].isAnnounced, !calls[call].name.isEmpty || calls[call].isCustom else { return false }
        calls[call].isAnnounced = true
        return true
    }

    private mutating func take(_ fragment: ToolFragment, on tape: AnswerTape, in data: [UInt8]) {
        guard let arguments = fragment.arguments, tape[arguments].isText || tape[arguments].kind == .object else {
            return
        }
        calls[fragment.call].hasArguments = true
        guard tape[arguments].kind == .string else { return }
        let text = data[tape[arguments].content]
        if calls[fragment.call].upstreamID.isEmpty, calls[fragment.call].arguments.count < Self.maxKept {
            calls[fragment.call].arguments += text
        }
        if !calls[fragment.call].isAnnounced, calls[fragment.call].held.count < Self.maxKept {
            calls[fragment.call].held += text
        }
    }

    /// Hands out what was held for a call that is being announced.
    mutating func takeHeld(_ call: Int) -> [UInt8] {
        defer { calls[call].held = [] }
        return calls[call].held
    }

    /// Whether a call's arguments, escaped, are one whole JSON value. The last byte tells most objects that are not:
    /// neither their end nor white space behind it.
    private mutating func isComplete(_ call: Int) -> Bool {
        let escaped = calls[call].arguments
        let mayEnd = escaped.first != UInt8(ascii: "{") || "} nrt".utf8.contains(escaped.last ?? 0)
        guard mayEnd, calls[call].looks < Self.maxLooks else { return false }
        calls[call].looks &+= 1
        let quoted = [UInt8(ascii: "\"")] + escaped + [UInt8(ascii: "\"")]
        guard let text = JSONSlice.utf8(0..<quoted.count, in: quoted) else { return false }
        return (try? JSONValue(parsing: text)) != nil
    }
}
