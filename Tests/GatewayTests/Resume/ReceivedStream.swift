import WireJSON

/// What a client makes of the bytes it received.
struct ReceivedStream: Hashable {
    private(set) var text = ""
    private(set) var finishes: [String] = []
    private(set) var roles = 0
    private(set) var usages: [Int] = []
    private(set) var models: Set<String> = []
    private(set) var ids: Set<String> = []
    private(set) var times: Set<Int> = []
    private(set) var objects: Set<String> = []
    private(set) var isDone = false
    /// Something came after the end, or could not be read.
    private(set) var isBroken = false

    /// One whole answer under the name of the first attempt, see ``AnswerChunks``.
    init(whole text: String, usage: Int? = nil, isChat: Bool = true) {
        self.text = text
        finishes = ["stop"]
        roles = isChat ? 1 : 0
        usages = usage.map { [$0] } ?? []
        models = ["first-model"]
        ids = ["chatcmpl-first"]
        times = [1_700_000_001]
        objects = [isChat ? "chat.completion.chunk" : "text_completion"]
        isDone = true
    }

    init(_ bytes: [UInt8]) {
        var reader = SSEReader()
        reader.feed(bytes)
        while let event = try? reader.next() {
            if event.isComment { continue }
            if isDone { isBroken = true }
            if event.data.elementsEqual("[DONE]".utf8) { isDone = true } else { take(event.data) }
        }
        if reader.finish() != nil { isBroken = true }
    }

    private mutating func take(_ data: [UInt8]) {
        guard let chunk = try? JSONValue(parsing: data) else {
            isBroken = true
            return
        }
        ids.insert(chunk["id"]?.stringValue ?? "")
        models.insert(chunk["model"]?.stringValue ?? "")
        times.insert(chunk["created"]?.intValue ?? 0)
        objects.insert(chunk["object"]?.stringValue ?? "")
        if let usage = chunk["usage"], !usage.isNull { usages.append(usage["completion_tokens"]?.intValue ?? -1) }
        for choice in chunk["choices"]?.arrayValue ?? [] {
            // After the finish reason nothing of the choice may follow.
            if !finishes.isEmpty { isBroken = true }
            text += choice["delta"]?["content"]?.stringValue ?? choice["text"]?.stringValue ?? ""
            if choice["delta"]?["role"] != nil { roles += 1 }
            if let finish = choice["finish_reason"]?.stringValue { finishes.append(finish) }
        }
    }
}
