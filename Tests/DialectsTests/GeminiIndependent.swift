import Foundation

/// A second, naive reading of what the Gemini dialect reads, on Foundation's parser, to compare with.
enum GeminiIndependent {
    static func base64(_ text: String) -> [UInt8]? {
        Data(base64Encoded: text).map(Array.init)
    }

    /// Little-endian 32-bit floats.
    static func floats(_ bytes: [UInt8]?) -> [Float]? {
        guard let bytes, bytes.count % 4 == 0 else { return nil }
        return stride(from: 0, to: bytes.count, by: 4).map { start in
            Float(bitPattern: bytes[start..<(start + 4)].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) })
        }
    }

    struct Call: Equatable {
        var name: String
        /// Canonical JSON text; nil where the arguments came in pieces.
        var arguments: String?
        var signature: String?
    }

    /// What a recorded answer says.
    struct Reading: Equatable {
        var content = ""
        var reasoning = ""
        var calls: [Call] = []
        var finish: String?
        var blocked = false
        /// Prompt, cached, completion, reasoning, total; nil if nothing was counted.
        var usage: [Int]?
        var id: String?
        var model: String?
    }

    /// The documents of a body: one object, an array, or server-sent events.
    static func documents(_ body: [UInt8]) -> [[String: Any]] {
        let text = String(decoding: body, as: UTF8.self)
        if let whole = try? JSONSerialization.jsonObject(with: Data(body)) {
            return whole as? [[String: Any]] ?? [whole as? [String: Any] ?? [:]]
        }
        let events = text.replacingOccurrences(of: "\r\n", with: "\n").components(separatedBy: "\n\n")
        return events.compactMap { event in
            guard event.hasPrefix("data: ") else { return nil }
            return try? JSONSerialization.jsonObject(with: Data(event.dropFirst(6).utf8)) as? [String: Any]
        }
    }

    static func read(_ body: [UInt8]) -> Reading {
        var reading = Reading()
        for document in documents(body) {
            let candidate = (document["candidates"] as? [[String: Any]])?.first
            let content = candidate?["content"] as? [String: Any]
            for part in content?["parts"] as? [[String: Any]] ?? [] { add(part, to: &reading) }
            if let finish = candidate?["finishReason"] as? String { reading.finish = finish }
            if let feedback = document["promptFeedback"] as? [String: Any] {
                reading.blocked = feedback["blockReason"] != nil
            }
            reading.id = reading.id ?? document["responseId"] as? String
            reading.model = reading.model ?? document["modelVersion"] as? String
            if let usage = document["usageMetadata"] as? [String: Any] { count(usage, in: &reading) }
        }
        return reading
    }

    private static func add(_ part: [String: Any], to reading: inout Reading) {
        if let text = part["text"] as? String {
            if part["thought"] as? Bool == true { reading.reasoning += text } else { reading.content += text }
        }
        guard let call = part["functionCall"] as? [String: Any], let name = call["name"] as? String else { return }
        let isWhole = call["willContinue"] == nil
        reading.calls.append(
            Call(
                name: name, arguments: isWhole ? canonical(call["args"] ?? [String: Any]()) : nil,
                signature: part["thoughtSignature"] as? String))
    }

    private static func count(_ usage: [String: Any], in reading: inout Reading) {
        func number(_ name: String) -> Int { usage[name] as? Int ?? 0 }
        guard usage["promptTokenCount"] != nil else { return }
        let prompt = number("promptTokenCount") + number("toolUsePromptTokenCount")
        let completion = number("candidatesTokenCount") + number("thoughtsTokenCount")
        reading.usage = [
            prompt, number("cachedContentTokenCount"), completion, number("thoughtsTokenCount"),
            number("totalTokenCount"),
        ]
    }

    /// The arguments of each call of a stream by path, where they come in pieces.
    static func pieces(_ body: [UInt8]) -> [[String: String]] {
        var calls: [[String: String]] = []
        for document in documents(body) {
            let candidate = (document["candidates"] as? [[String: Any]])?.first
            let content = candidate?["content"] as? [String: Any]
            for part in content?["parts"] as? [[String: Any]] ?? [] {
                guard let call = part["functionCall"] as? [String: Any] else { continue }
                if call["name"] != nil { calls.append([:]) }
                for piece in call["partialArgs"] as? [[String: Any]] ?? [] {
                    guard let path = piece["jsonPath"] as? String, let last = calls.indices.last else { continue }
                    let value = piece["stringValue"] as? String ?? (piece["numberValue"]).map { "\($0)" } ?? "?"
                    calls[last][path, default: ""] += value
                }
            }
        }
        return calls
    }

    /// The scalars of a JSON text by path, in the notation of the pieces.
    static func flattened(text: String) -> [String: String] {
        var flat: [String: String] = [:]
        func add(_ value: Any, _ path: String) {
            if let object = value as? [String: Any] {
                for (name, inner) in object { add(inner, "\(path).\(name)") }
            } else if let array = value as? [Any] {
                for (index, inner) in array.enumerated() { add(inner, "\(path)[\(index)]") }
            } else {
                flat[path] = "\(value)"
            }
        }
        if let value = try? JSONSerialization.jsonObject(with: Data(text.utf8)) { add(value, "$") }
        return flat
    }

    /// JSON with sorted names, so that two spellings of one value are equal.
    static func canonical(_ value: Any) -> String {
        let data = try? JSONSerialization.data(withJSONObject: value, options: [.sortedKeys, .fragmentsAllowed])
        return String(decoding: data ?? Data(), as: UTF8.self)
    }

    static func canonical(text: String) -> String {
        (try? JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)).map(canonical) ?? "?"
    }
}
