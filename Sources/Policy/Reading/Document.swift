import Yams

/// Reads a file's YAML into a cursor at its root.
enum Document {
    /// More nodes than any real policy has; references to anchors count each time, so a small file cannot unfold
    /// into a huge one.
    static let nodeLimit = 200_000
    static let byteLimit = 8 << 20

    /// nil after a complaint, and for an empty file without one.
    static func root(_ file: PolicyFile, _ problems: Problems) -> Cursor? {
        func fail(_ message: String, line: Int = 0) {
            problems.add(Diagnostic(severity: .error, file: file.name, line: line, path: "", message: message))
        }
        guard file.bytes.count <= byteLimit else { fail("the file is larger than 8 MiB"); return nil }
        guard let text = String(validating: file.bytes, as: UTF8.self) else {
            fail("the file is not UTF-8"); return nil
        }
        if unfoldsInKeys(file.bytes) { fail("aliases are not supported in keys"); return nil }
        do {
            guard let node = try Yams.compose(yaml: text, .default, .default, .utf8) else { return nil }
            var budget = nodeLimit
            guard count(node, &budget) else { fail("the file unfolds into more than \(nodeLimit) nodes"); return nil }
            return Cursor(file: file.name, root: node, problems: problems)
        } catch let error as YamlError {
            let (message, line) = describe(error)
            fail(message, line: line)
            return nil
        } catch {
            fail("the file is not valid YAML: \(error)")
            return nil
        }
    }

    /// Whether aliases may stand in keys that are lists or mappings. The library hashes keys while it reads, so that
    /// nested aliases there would take exponential time before the nodes can be counted. Judged by the text alone, on
    /// the safe side; a few aliases cannot unfold far.
    private static func unfoldsInKeys(_ bytes: [UInt8]) -> Bool {
        var aliases = 0
        var hasOddKeys = false
        // The last two bytes, the last that is no space, and whether an alias began since the last separator.
        var (before, last, lastVisible, isAlias) = (UInt8(0x0A), UInt8(0x0A), UInt8(0), false)
        for byte in bytes {
            let isSpace = byte <= 0x20
            if last == UInt8(ascii: "*"), isAnchorName(byte), before <= 0x20 || "[{,".utf8.contains(before) {
                aliases += 1
                isAlias = true
            }
            switch byte {
            case UInt8(ascii: ":"):
                if isAlias || lastVisible == UInt8(ascii: "]") || lastVisible == UInt8(ascii: "}") { hasOddKeys = true }
            case 0x0A, UInt8(ascii: ","):
                isAlias = false
            default:
                if isSpace, last == UInt8(ascii: "?") { hasOddKeys = true }
            }
            if !isSpace { lastVisible = byte }
            (before, last) = (last, byte)
        }
        return hasOddKeys && aliases >= 12
    }

    private static func isAnchorName(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"), UInt8(ascii: "-"): true
        default: false
        }
    }

    private static func count(_ node: Node, _ budget: inout Int) -> Bool {
        budget -= 1
        guard budget > 0 else { return false }
        switch node {
        case .scalar, .alias: return true
        case .sequence(let sequence):
            for element in sequence where !count(element, &budget) { return false }
        case .mapping(let mapping):
            for (key, value) in mapping where !count(key, &budget) || !count(value, &budget) { return false }
        }
        return true
    }

    private static func describe(_ error: YamlError) -> (String, Int) {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return ("not valid YAML: \(problem)", mark.line)
        case .duplicatedKeysInMapping(let duplicates, let context):
            let names = duplicates.map { "\"\($0)\"" }.joined(separator: ", ")
            return ("\(names) is defined twice in one mapping", context.mark.line)
        case .reader(let problem, let offset, _, let yaml):
            let line = yaml.prefix(offset ?? 0).utf8.count { $0 == 0x0A } + 1
            return ("not valid YAML: \(problem)", line)
        default:
            return ("not valid YAML", 0)
        }
    }
}
