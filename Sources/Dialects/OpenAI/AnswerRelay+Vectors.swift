import WireJSON

/// Embeddings: the list of vectors, in the encoding the client asked for.
extension AnswerRelay {
    mutating func editVectors(in body: [UInt8]) throws(ProviderFailure) {
        guard let data = tape.first(.data, in: 0), tape[data].kind == .array else {
            throw OpenAIFailure.unusable("The provider's answer holds no vectors.")
        }
        for (position, entry) in tape.children(of: data).enumerated() {
            guard tape[entry].kind == .object, let vector = tape.first(.embedding, in: entry) else {
                throw OpenAIFailure.unusable("The provider's answer holds an entry without a vector.")
            }
            var missing = MemberList()
            let object = tape.first(.object, in: entry)
            if object.map({ tape[$0].spells("embedding", in: body) }) != true {
                set(object, "object", Array("\"embedding\"".utf8), &missing)
            }
            let index = tape.first(.index, in: entry)
            if index.flatMap({ tape.natural($0, in: body) }) == nil {
                set(index, "index", Array(String(position).utf8), &missing)
            }
            try editVector(tape[vector], in: body)
            if !missing.isEmpty { edits.shape(entry, of: tape, appending: missing.text) }
        }
    }

    /// Some providers ignore `encoding_format`.
    private mutating func editVector(_ vector: AnswerEntry, in body: [UInt8]) throws(ProviderFailure) {
        let converted: [UInt8]?
        switch (vector.kind, plan.base64Embeddings) {
        case (.array, false), (.string, true): return
        case (.array, true): converted = VectorText.base64(fromNumbers: body[vector.content])
        case (.string, false):
            converted = JSONSlice.utf8(vector.value, in: body).flatMap { VectorText.numbers(fromBase64: $0) }
        default: converted = nil
        }
        guard let converted else {
            throw OpenAIFailure.unusable("The provider's answer holds a vector that cannot be read.")
        }
        edits.replace(vector.value, with: converted)
    }
}
