/// Readers for a value whose range a scan has found. A range that does not hold such a value gives nil.
package enum JSONSlice {
    /// The text of a string, escapes resolved. The range includes the quotes.
    package static func string(_ range: Range<Int>, in bytes: [UInt8]) -> String? {
        bytes.withByteView { view in
            guard let content = content(of: range, in: view) else { return nil }
            if view.slice(content).firstBackslash == nil { return view.text(content) }
            return String(decoding: view.unescaped(content), as: UTF8.self)
        }
    }

    /// The UTF-8 of a string, escapes resolved, without a `String` in between.
    package static func utf8(_ range: Range<Int>, in bytes: [UInt8]) -> [UInt8]? {
        bytes.withByteView { view in
            guard let content = content(of: range, in: view) else { return nil }
            return view.unescaped(content)
        }
    }

    /// The name of a member, escapes resolved.
    package static func name(of member: JSONMembers.Member, in bytes: [UInt8]) -> String {
        bytes.withByteView { view in
            member.nameIsEscaped
                ? String(decoding: view.unescaped(member.name), as: UTF8.self) : view.text(member.name)
        }
    }

    /// An integral number within `Int`, also spelled `5.0` or `5e0`.
    package static func int(_ range: Range<Int>, in bytes: [UInt8]) -> Int? {
        bytes.withByteView { view in
            view.count >= range.upperBound ? JSONNumber(parsing: view.text(range))?.int : nil
        }
    }

    /// A boolean.
    package static func bool(_ range: Range<Int>, in bytes: [UInt8]) -> Bool? {
        bytes.withByteView { view in
            switch (range.count, view[range.lowerBound]) {
            case (4, UInt8(ascii: "t")): true
            case (5, UInt8(ascii: "f")): false
            default: nil
            }
        }
    }

    /// The members of a nested object. Names are not checked for duplicates again.
    package static func members(of range: Range<Int>, in bytes: [UInt8]) -> [JSONMembers.Member]? {
        guard let sink = walk(range, in: bytes), sink.root == .object else { return nil }
        return sink.members
    }

    /// The elements of an array.
    package static func elements(
        of range: Range<Int>, in bytes: [UInt8]
    ) -> [(range: Range<Int>, kind: JSONKind)]? {
        guard let sink = walk(range, in: bytes), sink.root == .array else { return nil }
        return sink.elements
    }

    private static func walk(_ range: Range<Int>, in bytes: [UInt8]) -> MembersSink? {
        bytes.withByteView { view in
            guard range.lowerBound >= 0, range.upperBound <= view.count else { return nil }
            var walker = JSONWalker(view.slice(range), limits: JSONLimits(maxDepth: .max), rejectsDuplicates: false)
            var sink = MembersSink(base: range.lowerBound)
            do throws(JSONFault) {
                try walker.walk(&sink)
            } catch {
                return nil
            }
            return sink
        }
    }

    private static func content(of range: Range<Int>, in view: ByteView) -> Range<Int>? {
        guard range.count >= 2, view[range.lowerBound] == UInt8(ascii: "\""),
            view[range.upperBound &- 1] == UInt8(ascii: "\"")
        else { return nil }
        return (range.lowerBound &+ 1)..<(range.upperBound &- 1)
    }
}

extension ByteView {
    /// Where the first escape of a validated string content is.
    fileprivate var firstBackslash: Int? {
        var index = stringStop(from: 0)
        while index < count, self[index] != UInt8(ascii: "\\") { index = stringStop(from: index &+ 1) }
        return index < count ? index : nil
    }
}
