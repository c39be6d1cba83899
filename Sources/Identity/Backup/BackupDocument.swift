import Storage
import WireJSON

/// The form of a backup: JSON with one row on each line, so that two backups can be compared line by line.
///
///     {"format":"martlet-backup","version":1,"created_at":"2026-03-01T12:00:00Z","master_key_check":"…","sections":{
///     "tenants":[
///     {"id":"acme",…}],
///     "keys":[]}}
///
/// A section that this release does not know is refused: it was written by one that stores more.
enum BackupDocument {
    static let version = 1
    private static let format = "martlet-backup"
    private static let members = ["format", "version", "created_at", "master_key_check", "sections"]

    /// Everything up to the first section.
    static func head(createdAt: Timestamp, masterKeyCheck: [UInt8]) -> [UInt8] {
        let head: JSONObject = [
            "format": .string(format), "version": .number(JSONNumber(version)), "created_at": .string("\(createdAt)"),
            "master_key_check": .string(Hexadecimal.encode(masterKeyCheck)),
        ]
        return JSONValue.object(head).bytes.dropLast() + Array(",\"sections\":{".utf8)
    }

    static func begin(_ section: String, isFirst: Bool, _ output: inout [UInt8]) {
        output += Array(isFirst ? "\n".utf8 : ",\n".utf8)
        JSONText.appendString(section, to: &output)
        output += Array(":[".utf8)
    }

    static func append(_ row: JSONObject, isFirst: Bool, _ output: inout [UInt8]) {
        output += Array(isFirst ? "\n".utf8 : ",\n".utf8)
        row.write(to: &output)
    }

    static func end(_ output: inout [UInt8]) {
        output += Array("}}\n".utf8)
    }

    /// The rows of each section.
    static func read(
        _ bytes: [UInt8], sections: [String], masterKeyCheck: [UInt8]
    ) throws(BackupError) -> [String: [BackupRow]] {
        let document = try parse(bytes)
        guard document["format"]?.stringValue == format else {
            throw .notABackup(reason: "it lacks \"format\":\"\(format)\"")
        }
        guard let found = document["version"]?.intValue, found > 0 else {
            throw .notABackup(reason: "its version must be a number from 1 on")
        }
        guard found <= version else { throw .tooNew(version: found) }
        for name in document.keys where !members.contains(name) {
            throw .notABackup(reason: "\"\(name)\" is not a member of a backup of version \(version)")
        }
        let check = document["master_key_check"]?.stringValue.flatMap { Hexadecimal.decode($0) }
        guard let check else { throw .notABackup(reason: "its master_key_check must be bytes in hexadecimal") }
        guard check == masterKeyCheck else { throw .otherMasterKey }
        guard let stored = document["sections"]?.objectValue else {
            throw .notABackup(reason: "its sections must be an object")
        }
        var rows: [String: [BackupRow]] = [:]
        for (name, value) in stored {
            guard sections.contains(name) else {
                throw .notABackup(reason: "this release has no section \"\(name)\"; use the one that made the backup")
            }
            rows[name] = try Self.rows(value, section: name)
        }
        for name in sections where rows[name] == nil {
            throw .notABackup(reason: "the section \"\(name)\" is missing")
        }
        return rows
    }

    private static func parse(_ bytes: [UInt8]) throws(BackupError) -> JSONObject {
        do throws(JSONError) {
            guard let document = try JSONValue(parsing: bytes).objectValue else {
                throw JSONError(kind: .notAnObject, offset: 0, message: "Expected a JSON object")
            }
            return document
        } catch {
            throw .notABackup(reason: error.message)
        }
    }

    private static func rows(_ value: JSONValue, section: String) throws(BackupError) -> [BackupRow] {
        guard let elements = value.arrayValue else {
            throw .notABackup(reason: "sections.\(section) must be a list")
        }
        var rows: [BackupRow] = []
        for (index, element) in elements.enumerated() {
            let path = "sections.\(section)[\(index)]"
            guard let object = element.objectValue else { throw .notABackup(reason: "\(path) must be an object") }
            rows.append(BackupRow(path: path, members: object))
        }
        return rows
    }
}
