/// Follows a walk to tell, when it stops at a fault, which value that lies in.
struct PathSink: JSONSink {
    private enum Level {
        /// Range of the current member's name; empty position before the first.
        case object(Range<Int>?)
        case array(Int)
    }

    private let view: ByteView
    private var levels: [Level] = []
    private static let maxNameLength = 64
    private static let maxPathLength = 256

    init(view: ByteView) {
        self.view = view
    }

    mutating func name(_ range: Range<Int>, escaped: Bool) {
        if !levels.isEmpty { levels[levels.count &- 1] = .object(range) }
    }

    mutating func scalar(_ range: Range<Int>, kind: JSONKind, escaped: Bool) {
        next()
    }

    mutating func begin(_ kind: JSONKind, at offset: Int) {
        levels.append(kind == .object ? .object(nil) : .array(0))
    }

    mutating func end(_ kind: JSONKind, at offset: Int) {
        if !levels.isEmpty { levels.removeLast() }
        next()
    }

    /// A value is complete: what follows belongs to the next element, or to the object itself.
    private mutating func next() {
        switch levels.last {
        case .array(let index): levels[levels.count &- 1] = .array(index &+ 1)
        case .object: levels[levels.count &- 1] = .object(nil)
        case nil: break
        }
    }

    /// `messages[0].role`; names that are no plain words are quoted in brackets. Long names and long
    /// paths are cut, because a client chooses both.
    var path: String {
        var path = ""
        for level in levels {
            switch level {
            case .array(let index):
                path += "[\(index)]"
            case .object(let range?):
                append(String(decoding: view.unescaped(range), as: UTF8.self), to: &path)
            case .object(nil):
                break
            }
            if path.utf8.count > Self.maxPathLength { return path + "…" }
        }
        return path
    }

    private func append(_ name: String, to path: inout String) {
        if !name.isEmpty, name.utf8.allSatisfy(Self.isPlain) {
            path += path.isEmpty ? Self.shortened(name) : "." + Self.shortened(name)
        } else {
            var quoted: [UInt8] = []
            JSONText.appendString(Self.shortened(name), to: &quoted)
            path += "[" + String(decoding: quoted, as: UTF8.self) + "]"
        }
    }

    static func shortened(_ name: String) -> String {
        name.utf8.count <= maxNameLength ? name : String(name.unicodeScalars.prefix(maxNameLength)) + "…"
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "$"): true
        default: false
        }
    }
}
