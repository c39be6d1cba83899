/// The query of a URI, decoded. Of a repeated name the first counts.
struct QueryItems {
    private var items: [String: String] = [:]

    init(_ uri: String) {
        guard let question = uri.utf8.firstIndex(of: UInt8(ascii: "?")) else { return }
        for item in uri[uri.index(after: question)...].split(separator: "&") {
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = PercentDecoding.text(parts[0], plusIsSpace: true)
            let value = parts.count == 2 ? PercentDecoding.text(parts[1], plusIsSpace: true) : ""
            if items[name] == nil { items[name] = value }
        }
    }

    subscript(name: String) -> String? { items[name] }
}
