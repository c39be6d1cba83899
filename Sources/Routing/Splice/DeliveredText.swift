/// The text a client has received, remembered in case its stream breaks. Beyond the bound nothing is remembered, and
/// the answer cannot be continued.
package struct DeliveredText: Sendable {
    package static let limit = 1 << 20

    private let limit: Int
    private var text = ""
    private var isPlain = true
    private var isEmpty = true

    package init(limit: Int = DeliveredText.limit) {
        self.limit = limit
    }

    package mutating func append(_ piece: String) {
        if piece.isEmpty { return }
        isEmpty = false
        guard isPlain else { return }
        if text.utf8.count + piece.utf8.count > limit { return appendOther() }
        text += piece
    }

    /// Something that is not the text of the one choice went to the client.
    package mutating func appendOther() {
        isEmpty = false
        isPlain = false
        text = ""
    }

    package var state: DeliveredAnswer {
        if isEmpty { return .nothing }
        return isPlain ? .text(bytes: text.utf8.count) : .other
    }

    /// nil when it cannot be continued.
    package var value: String? { isPlain ? text : nil }
}
