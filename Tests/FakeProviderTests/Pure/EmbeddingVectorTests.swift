import Testing

@testable import FakeProvider

@Suite("Embedding vectors")
struct EmbeddingVectorTests {
    private func dot(_ left: [Float], _ right: [Float]) -> Float {
        zip(left, right).reduce(0) { $0 + $1.0 * $1.1 }
    }

    @Test("They have length one and the dimensions asked for", arguments: [1, 3, 256, 1536])
    func unit(dimensions: Int) {
        let vector = EmbeddingVector.make("the quick brown fox", dimensions: dimensions)
        #expect(vector.count == dimensions)
        #expect(abs(dot(vector, vector) - 1) < 1e-3)
    }

    @Test("The same text gives the same vector; texts that share words are nearer to each other")
    func similarity() {
        let first = EmbeddingVector.make("cats chase mice at night", dimensions: 256)
        #expect(first == EmbeddingVector.make("Cats chase mice, at night!", dimensions: 256))
        let near = EmbeddingVector.make("cats chase birds at night", dimensions: 256)
        let far = EmbeddingVector.make("quarterly revenue grew", dimensions: 256)
        #expect(dot(first, near) > dot(first, far) + 0.3)
    }

    @Test("Text without words still has a vector", arguments: ["", "!!!", "   "])
    func noWords(text: String) {
        let vector = EmbeddingVector.make(text, dimensions: 8)
        #expect(abs(dot(vector, vector) - 1) < 1e-3)
    }

    @Test("Tokens are hashed like words")
    func tokens() {
        #expect(EmbeddingVector.make(tokens: [1, 22], dimensions: 8) == EmbeddingVector.make("1 22", dimensions: 8))
    }

    @Test("Base64 holds little-endian singles")
    func base64() {
        #expect(EmbeddingVector.base64([1, -2]) == "AACAPwAAAMA=")
        let vector = EmbeddingVector.make("hello", dimensions: 16)
        let bytes = Base64.decode(EmbeddingVector.base64(vector)) ?? []
        let read = stride(from: 0, to: bytes.count, by: 4).map { start in
            Float(bitPattern: (0..<4).reduce(0 as UInt32) { $0 | UInt32(bytes[start + $1]) << (8 * UInt32($1)) })
        }
        #expect(read == vector)
    }
}
