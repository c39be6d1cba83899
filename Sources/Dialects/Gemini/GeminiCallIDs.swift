/// Ids of an answer's tool calls: the provider's where it gives one, else invented. No id comes twice.
struct GeminiCallIDs {
    private let seed: String
    private var count = 0
    private var used: Set<String> = []

    init(seed: String) {
        self.seed = seed
    }

    mutating func next(given: String?) -> String {
        defer { count += 1 }
        if let given, !given.isEmpty, used.insert(given).inserted { return given }
        let invented = ChatStreamWriter.toolCallID(seed: seed, index: count)
        used.insert(invented)
        return invented
    }
}
