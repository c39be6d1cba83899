/// Cuts the JSON forms of a stream into documents: one array in pieces (`streamGenerateContent` without
/// `alt=sse`), or one or more objects in a row. It finds their ends only; validity is for the parser.
struct GeminiDocumentSplitter {
    private let maxDocumentBytes: Int
    private var pending: [UInt8] = []
    private var position = 0
    private var document: [UInt8] = []
    private var depth = 0
    private var isInString = false
    private var isEscaped = false
    private var isInArray = false
    private var hasBegun = false
    /// Bytes that belong to no document, or a document beyond the bound: nothing can be read any more.
    private(set) var isBroken = false

    init(maxDocumentBytes: Int) {
        self.maxDocumentBytes = maxDocumentBytes
    }

    mutating func feed(_ bytes: [UInt8]) {
        if !isBroken { pending += bytes }
    }

    /// The next whole document; nil when more bytes are needed or ``isBroken`` became true.
    mutating func next() -> [UInt8]? {
        while position < pending.count, !isBroken {
            let byte = pending[position]
            position += 1
            if depth == 0 {
                readBetween(byte)
            } else if readInside(byte) {
                defer { document = [] }
                return document
            }
        }
        pending = []
        position = 0
        return nil
    }

    private mutating func readBetween(_ byte: UInt8) {
        switch byte {
        case 0x20, 0x09, 0x0A, 0x0D: return
        case UInt8(ascii: "{"):
            document = [byte]
            depth = 1
        case UInt8(ascii: "[") where !hasBegun: isInArray = true
        case UInt8(ascii: ",") where isInArray: return
        case UInt8(ascii: "]") where isInArray: isInArray = false
        default: isBroken = true
        }
        hasBegun = true
    }

    /// True when `byte` was the last of its document.
    private mutating func readInside(_ byte: UInt8) -> Bool {
        document.append(byte)
        if document.count > maxDocumentBytes { isBroken = true }
        if isInString {
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                isInString = false
            }
            return false
        }
        switch byte {
        case UInt8(ascii: "\""): isInString = true
        case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
        default: break
        }
        return depth == 0
    }
}
