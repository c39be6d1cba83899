/// Deterministic unit vectors: texts that share words point in similar directions, so search over them makes sense.
enum EmbeddingVector {
    /// More words than this no longer change the vector.
    private static let maxWords = 256

    static func make(_ text: String, dimensions: Int) -> [Float] {
        var sum = [Float](repeating: 0, count: dimensions)
        let words = text.lowercased().split { !$0.isLetter && !$0.isNumber }.prefix(maxWords)
        for word in words {
            add(word.utf8, to: &sum)
        }
        if words.isEmpty { add(text.utf8, to: &sum) }
        let length = sum.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return length > 0 ? sum.map { $0 / length } : sum
    }

    /// Tokens arrive as numbers when the client counted them itself.
    static func make(tokens: [Int], dimensions: Int) -> [Float] {
        make(tokens.map(String.init).joined(separator: " "), dimensions: dimensions)
    }

    /// Little-endian IEEE 754 singles, as OpenAI's `encoding_format: base64`.
    static func base64(_ vector: [Float]) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(vector.count * 4)
        for value in vector {
            let bits = value.bitPattern
            bytes.append(UInt8(truncatingIfNeeded: bits))
            bytes.append(UInt8(truncatingIfNeeded: bits >> 8))
            bytes.append(UInt8(truncatingIfNeeded: bits >> 16))
            bytes.append(UInt8(truncatingIfNeeded: bits >> 24))
        }
        return Base64.encode(bytes)
    }

    private static func add(_ word: some Sequence<UInt8>, to sum: inout [Float]) {
        // FNV-1a of the word seeds SplitMix64.
        var state = word.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        for index in sum.indices {
            state &+= 0x9e37_79b9_7f4a_7c15
            var mixed = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
            mixed ^= mixed >> 31
            sum[index] += Float(mixed >> 40) / Float(1 << 23) - 1
        }
    }
}
