package import Storage
import WireJSON

/// One row of a section: an object whose members are taken one by one. What is not taken in the end is refused, because
/// a restore that leaves something out without a word is worse than none.
package struct BackupRow: Sendable {
    /// Such as `sections.keys[3]`.
    package let path: String
    private var members: JSONObject

    init(path: String, members: JSONObject) {
        self.path = path
        self.members = members
    }

    /// A string that must be there.
    package mutating func text(_ name: String, _ reading: inout BackupReading) -> String? {
        let text = take(name)?.stringValue
        if text == nil { reading.refuse("\(path).\(name)", "must be a string") }
        return text
    }

    /// A string or null; nil also for a problem, which has been noted.
    package mutating func optionalText(_ name: String, _ reading: inout BackupReading) -> String? {
        guard let value = take(name), !value.isNull else { return nil }
        if value.stringValue == nil { reading.refuse("\(path).\(name)", "must be a string or null") }
        return value.stringValue
    }

    /// A list of strings.
    package mutating func texts(_ name: String, _ reading: inout BackupReading) -> [String]? {
        let elements = take(name)?.arrayValue
        let texts = elements?.compactMap(\.stringValue)
        guard let texts, texts.count == elements?.count else {
            reading.refuse("\(path).\(name)", "must be a list of strings")
            return nil
        }
        return texts
    }

    /// Milliseconds since 1970.
    package mutating func time(_ name: String, _ reading: inout BackupReading) -> Timestamp? {
        let time = take(name)?.intValue
        if time == nil { reading.refuse("\(path).\(name)", "must be a time in milliseconds since 1970") }
        return time.map(Timestamp.init(milliseconds:))
    }

    /// Milliseconds since 1970, or null; nil also for a problem, which has been noted.
    package mutating func optionalTime(_ name: String, _ reading: inout BackupReading) -> Timestamp? {
        guard let value = take(name), !value.isNull else { return nil }
        if value.intValue == nil {
            reading.refuse("\(path).\(name)", "must be a time in milliseconds since 1970, or null")
        }
        return value.intValue.map(Timestamp.init(milliseconds:))
    }

    /// `count` bytes in hexadecimal.
    package mutating func bytes(_ name: String, count: Int, _ reading: inout BackupReading) -> [UInt8]? {
        let bytes = take(name)?.stringValue.flatMap { Hexadecimal.decode($0) }
        guard let bytes, bytes.count == count else {
            reading.refuse("\(path).\(name)", "must be \(count) bytes in hexadecimal")
            return nil
        }
        return bytes
    }

    /// Like ``bytes(_:count:_:)``, or null.
    package mutating func optionalBytes(_ name: String, count: Int, _ reading: inout BackupReading) -> [UInt8]? {
        if members[name]?.isNull ?? true {
            _ = take(name)
            return nil
        }
        return bytes(name, count: count, &reading)
    }

    /// Notes the members that nobody asked for.
    package func finish(_ reading: inout BackupReading) {
        for name in members.keys { reading.refuse("\(path).\(name)", "is not a member of this version's backups") }
    }

    private mutating func take(_ name: String) -> JSONValue? {
        defer { members[name] = nil }
        return members[name]
    }
}
