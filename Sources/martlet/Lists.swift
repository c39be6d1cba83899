import ArgumentParser
import Policy
import Storage

/// `a, b,c` as a list.
enum Lists {
    static func split(_ text: String) -> [String] {
        text.split(separator: ",").map { part in String(part.filter { $0 != " " }) }.filter { !$0.isEmpty }
    }
}

/// Durations on the command line, in milliseconds.
enum Durations {
    static func parse(_ text: String, option: String) throws -> Int {
        guard let value = Quantities.duration(text), value > 0 else {
            throw ValidationError("--\(option): '\(text)' is not a duration such as 12h or 30d")
        }
        return value
    }
}

/// All pages of a list.
enum Pages {
    static func all<Item>(_ page: (PageCursor?) async throws -> Page<Item>) async throws -> [Item] {
        var items: [Item] = []
        var cursor: PageCursor?
        repeat {
            let next = try await page(cursor)
            items += next.items
            cursor = next.next
        } while cursor != nil
        return items
    }
}
