/// Puts a reply together from the pieces hiredis' reader reports, in the order they arrive, and keeps its size bounded.
final class ReplyBuilder {
    /// An array some of whose elements have not come yet.
    private struct OpenArray {
        var missing: Int
        var items: [RedisReply]
    }

    private let maxBytes: Int
    private let maxElements: Int
    private var open: [OpenArray] = []
    private var complete: RedisReply?
    private var elements = 0
    /// What the reply holds so far.
    private(set) var bytes = 0
    /// Why a piece was refused.
    private(set) var violation: String?

    init(maxBytes: Int, maxElements: Int) {
        self.maxBytes = maxBytes
        self.maxElements = maxElements
    }

    /// Takes the complete reply out and begins the next one.
    func take() -> RedisReply? {
        defer {
            self.complete = nil
            self.elements = 0
            self.bytes = 0
        }
        return self.complete
    }

    /// Adds a value that is no array. False when the reply becomes too large.
    func add(_ value: RedisReply, bytes count: Int) -> Bool {
        guard self.count(elements: 1, bytes: count) else { return false }
        self.place(value)
        return true
    }

    /// Begins an array; the next `count` values are its elements.
    func beginArray(_ count: Int) -> Bool {
        guard count >= 0, self.count(elements: count, bytes: 0) else { return false }
        guard count > 0 else {
            self.place(.array([]))
            return true
        }
        var items: [RedisReply] = []
        // The announced number is only a claim until the elements are there.
        items.reserveCapacity(min(count, 1024))
        self.open.append(OpenArray(missing: count, items: items))
        return true
    }

    private func place(_ value: RedisReply) {
        var value = value
        while !self.open.isEmpty {
            let last = self.open.count - 1
            self.open[last].items.append(value)
            self.open[last].missing -= 1
            guard self.open[last].missing == 0 else { return }
            value = .array(self.open.removeLast().items)
        }
        self.complete = value
    }

    private func count(elements: Int, bytes: Int) -> Bool {
        // Subtracted, not added: what the server announces may be near the largest number.
        guard elements <= self.maxElements - min(self.elements, self.maxElements) else {
            self.violation = "a reply has more than \(self.maxElements) elements"
            return false
        }
        guard bytes <= self.maxBytes - min(self.bytes, self.maxBytes) else {
            self.violation = "a reply is longer than \(self.maxBytes) bytes"
            return false
        }
        self.elements += elements
        self.bytes += bytes
        return true
    }
}
