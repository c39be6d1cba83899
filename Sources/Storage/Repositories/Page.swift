/// A part of a list, oldest rows first.
package struct Page<Item: Sendable>: Sendable {
    /// At most as many as were asked for.
    package var items: [Item]
    /// Where the next page starts; nil on the last one.
    package var next: PageCursor?

    package init(items: [Item], next: PageCursor?) {
        self.items = items
        self.next = next
    }

    /// From one row more than `limit` asks for: that row only tells that there is a next page.
    init(rows: [Item], limit: Int, cursor: (Item) -> PageCursor) {
        items = Array(rows.prefix(limit))
        next = rows.count > limit ? items.last.map(cursor) : nil
    }
}

/// The place after a row in a list ordered by creation time and id. Stays valid while rows come and go.
package struct PageCursor: Sendable, Hashable {
    /// Of the last row seen.
    package var createdAt: Timestamp
    /// Of the last row seen; tells rows of one moment apart.
    package var id: String

    package init(createdAt: Timestamp, id: String) {
        self.createdAt = createdAt
        self.id = id
    }

    /// Reads ``text`` back; nil for anything else.
    package init?(_ text: String) {
        guard let dash = text.firstIndex(of: "_"), let time = Int(text[..<dash]) else { return nil }
        let id = text[text.index(after: dash)...]
        guard !id.isEmpty else { return nil }
        self.init(createdAt: Timestamp(milliseconds: time), id: String(id))
    }

    /// For the `cursor` parameter of lists.
    package var text: String { "\(createdAt.milliseconds)_\(id)" }

    /// `AND (<time>, <id>) > (?, ?)`.
    static func filter(_ cursor: PageCursor?, time: StaticString, id: StaticString) -> SQLStatement {
        guard let cursor else { return "" }
        return "AND (\(raw: time), \(raw: id)) > (\(cursor.createdAt), \(cursor.id))"
    }
}
