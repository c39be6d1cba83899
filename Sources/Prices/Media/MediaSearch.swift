import WireJSON

/// Finds images, audio and files in the JSON of `messages` without walking through it.
///
/// In valid JSON the bytes `"image_url"` with a quote that no backslash precedes are always a whole string: inside a
/// string the quote would be escaped. So it is enough to look for the underscore that all the names share, which
/// costs a fraction of the scan the body has had, and to read the small object behind the name.
/// A name spelled with escapes is not found; its content then counts as text.
struct MediaSearch {
    /// What is found beyond this many counts as text; providers refuse far fewer.
    static let limit = 4096

    private(set) var found: [PromptMedia] = []
    /// Bytes of JSON that what was found takes up.
    private(set) var bytes = 0

    private let body: [UInt8]

    private enum Name {
        case image, audio, fileData, fileID
    }

    /// - Parameter range: within `body`.
    init(_ range: Range<Int>, in body: [UInt8]) {
        self.body = body
        let span = body.span
        var position = range.lowerBound
        while true {
            position = JSONSteps.nextUnderscore(span, position, range.upperBound)
            guard position < range.upperBound else { return }
            guard let (name, end) = Self.name(span, position, range) else {
                position += 1
                continue
            }
            position = read(name, span, end, range.upperBound)
        }
    }

    /// The name around the underscore at `position`, and the position behind its colon; nil if it is no such name, or
    /// a value (`"type":"image_url"`).
    private static func name(_ bytes: Span<UInt8>, _ position: Int, _ range: Range<Int>) -> (Name, Int)? {
        guard position &+ 1 < range.upperBound else { return nil }
        let name: Name
        let end: Int
        // The byte behind the underscore rules out nearly all others.
        switch bytes[position &+ 1] {
        case UInt8(ascii: "u") where isName("image", "url\"", bytes, position, range):
            (name, end) = (.image, position + 5)
        case UInt8(ascii: "a") where isName("input", "audio\"", bytes, position, range):
            (name, end) = (.audio, position + 7)
        case UInt8(ascii: "d") where isName("file", "data\"", bytes, position, range):
            (name, end) = (.fileData, position + 6)
        case UInt8(ascii: "i") where isName("file", "id\"", bytes, position, range):
            (name, end) = (.fileID, position + 4)
        default: return nil
        }
        let colon = JSONSteps.afterSpace(bytes, end, range.upperBound)
        guard colon < range.upperBound, bytes[colon] == UInt8(ascii: ":") else { return nil }
        return (name, colon + 1)
    }

    private static func spells(_ bytes: Span<UInt8>, _ start: Int, _ text: StaticString, _ range: Range<Int>) -> Bool {
        guard start >= range.lowerBound, start + text.utf8CodeUnitCount <= range.upperBound else { return false }
        return text.withUTF8Buffer { letters in
            for offset in 0..<letters.count where bytes[start + offset] != letters[offset] { return false }
            return true
        }
    }

    /// Whether a string begins with `first`, goes on with the underscore at `position`, and ends with `second`.
    private static func isName(
        _ first: StaticString, _ second: StaticString, _ bytes: Span<UInt8>, _ position: Int, _ range: Range<Int>
    ) -> Bool {
        let start = position - first.utf8CodeUnitCount
        guard start - 2 >= range.lowerBound, spells(bytes, position + 1, second, range),
            spells(bytes, start, first, range)
        else { return false }
        return bytes[start - 1] == UInt8(ascii: "\"") && bytes[start - 2] != UInt8(ascii: "\\")
    }

    // MARK: Values

    /// Reads the value of a name, whose colon is in front of `start`; the position behind what was read.
    private mutating func read(_ name: Name, _ span: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
        let start = JSONSteps.afterSpace(span, start, end)
        guard start < end else { return end }
        var members = MediaMembers()
        var behind = end
        switch span[start] {
        case UInt8(ascii: "\""):
            let text = JSONSteps.string(span, start, end)
            (members.content, behind) = (text, text.end)
        case UInt8(ascii: "{"):
            behind = members.read(span, start, end)
        default: return start
        }
        guard let content = members.content, found.count < Self.limit else { return behind }
        let media: PromptMedia =
            switch name {
            case .image: image(content, members)
            case .audio: .audio(milliseconds: AudioLength.milliseconds(base64(content, from: content.content)))
            case .fileData: file(content)
            case .fileID: .file(bytes: nil, isText: false)
            }
        bytes += content.content.count
        found.append(media)
        return behind
    }

    private func image(_ text: JSONSteps.Text, _ members: MediaMembers) -> PromptMedia {
        let detail = members.detail.flatMap { PromptMedia.Detail(rawValue: String(decoding: body[$0], as: UTF8.self)) }
        guard let (_, payload) = dataURI(text.content) else { return .image(nil, detail ?? .auto) }
        return .image(PixelSize(header: base64(text, from: payload)), detail ?? .auto)
    }

    private func file(_ text: JSONSteps.Text) -> PromptMedia {
        let (isText, payload) = dataURI(text.content) ?? (false, text.content)
        return .file(bytes: base64(text, from: payload).count, isText: isText)
    }

    private func base64(_ text: JSONSteps.Text, from payload: Range<Int>) -> Base64Bytes {
        Base64Bytes(payload, in: body, isEscaped: text.isEscaped)
    }

    /// Where the content of a data URI lies, and whether its type is text; nil for other URLs.
    private func dataURI(_ range: Range<Int>) -> (isText: Bool, payload: Range<Int>)? {
        // Media types with parameters are short; a comma far behind belongs to something else.
        let head = body[range].prefix(256)
        guard let comma = head.firstIndex(of: UInt8(ascii: ",")) else { return nil }
        let header = String(decoding: head[..<comma], as: UTF8.self).lowercased()
        guard header.hasPrefix("data:") else { return nil }
        return (header.hasPrefix("data:text"), (comma + 1)..<range.upperBound)
    }
}
