/// What names may look like.
extension PolicyLoader {
    /// Names of providers, plans and tenants go into headers, metric labels, counters and paths.
    func checkName(of kind: String, _ name: String, _ place: Cursor) {
        let isPlain = name.utf8.allSatisfy { byte in
            switch byte {
            case 48...57, 65...90, 97...122, UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."): true
            default: false
            }
        }
        if !isPlain || name.utf8.count > 64 {
            place.fail("a \(kind)'s name has at most 64 letters, digits, \"-\", \"_\" and \".\"")
        }
    }

    /// Names of models are the clients' choice, so little is refused.
    func checkModelName(_ name: String, _ place: Cursor) {
        if name.utf8.count > 256 || name.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F }) {
            place.fail("a model's name has at most 256 bytes and no spaces")
        }
    }
}
