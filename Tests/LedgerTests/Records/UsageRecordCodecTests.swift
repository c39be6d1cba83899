import Ledger
import Storage
import Testing

@Suite struct UsageRecordCodecTests {
    private func encoded(_ record: UsageRecord) -> [UInt8] {
        var bytes: [UInt8] = []
        UsageRecordCodec.encode(record, into: &bytes)
        return bytes
    }

    @Test func recordsReadBack() throws {
        var random = SplitMix64(seed: 11)
        for _ in 0..<1000 {
            let record = UsageRecord.random(using: &random)
            #expect(try UsageRecordCodec.decode(encoded(record)) == record)
        }
    }

    @Test func appendsBehindWhatIsThere() throws {
        var random = SplitMix64(seed: 12)
        let record = UsageRecord.random(using: &random)
        var bytes: [UInt8] = [1, 2, 3]
        UsageRecordCodec.encode(record, into: &bytes)
        #expect(Array(bytes.prefix(3)) == [1, 2, 3])
        let decoded = try bytes.withUnsafeBytes {
            try UsageRecordCodec.decode(UnsafeRawBufferPointer(rebasing: $0[3...]))
        }
        #expect(decoded == record)
    }

    @Test func anOrdinaryRecordIsSmall() {
        #expect(encoded(.sample(1)).count < 200)
    }

    @Test func everyTruncationIsAnError() {
        var random = SplitMix64(seed: 13)
        for _ in 0..<40 {
            let bytes = encoded(.random(using: &random))
            for count in 0..<bytes.count {
                #expect(throws: UsageRecordCodecError.self) { try UsageRecordCodec.decode(Array(bytes.prefix(count))) }
            }
            #expect(throws: UsageRecordCodecError.trailingBytes(1)) { try UsageRecordCodec.decode(bytes + [0]) }
        }
    }

    /// There is no checksum here, so a changed byte may give another record; what it may not do is trap, or give
    /// bytes a second meaning.
    @Test func noChangedByteTraps() {
        var random = SplitMix64(seed: 14)
        var refused = 0
        var read = 0
        for _ in 0..<40 {
            let bytes = encoded(.random(using: &random))
            for index in bytes.indices {
                for mask in [UInt8(1), 0x80, 0xFF, UInt8(truncatingIfNeeded: random.next()) | 1] {
                    var changed = bytes
                    changed[index] ^= mask
                    do throws(UsageRecordCodecError) {
                        let record = try UsageRecordCodec.decode(changed)
                        read += 1
                        let again = try? UsageRecordCodec.decode(encoded(record))
                        #expect(again == record)
                    } catch {
                        refused += 1
                    }
                }
            }
        }
        #expect(refused > 1000)
        #expect(read > 1000)
    }

    @Test func noiseIsAnError() {
        var random = SplitMix64(seed: 15)
        for _ in 0..<3000 {
            let noise = [UInt8].random(using: &random)
            #expect(throws: UsageRecordCodecError.self) { try UsageRecordCodec.decode(noise) }
            // With a good beginning it comes further.
            let bytes = encoded(.random(using: &random)).prefix(Int.random(in: 1..<40, using: &random)) + noise
            _ = try? UsageRecordCodec.decode(Array(bytes))
        }
    }

    @Test func aNewerFormatIsNamed() throws {
        var bytes = encoded(.sample(1))
        bytes[0] = UsageRecordCodec.version + 1
        let error = #expect(throws: UsageRecordCodecError.newerVersion(2)) { try UsageRecordCodec.decode(bytes) }
        #expect(error?.description.contains("drain the outbox with the release that wrote it") == true)
        bytes[0] = 0
        #expect(throws: UsageRecordCodecError.malformed("format 0")) { try UsageRecordCodec.decode(bytes) }
    }

    /// Bytes that claim more than there is must not make anybody allocate it.
    @Test func hugeLengthsAreErrors() {
        let head = encoded(.sample(1)).prefix(19)
        for length: [UInt8] in [
            [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01],
            [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F],
            [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F],
        ] {
            for zeros in 0..<24 {
                let bytes = Array(head) + Array(repeating: 0, count: zeros) + length
                #expect(throws: UsageRecordCodecError.self) { try UsageRecordCodec.decode(bytes) }
            }
        }
    }

    @Test(arguments: ["x", "é", "日", "🐦"])
    func longTextsAreCutBetweenCharacters(letter: String) throws {
        var record = UsageRecord.sample(1)
        record.endUser = String(repeating: letter, count: 2000)
        record.clientModel = "m" + String(repeating: letter, count: 2000)
        let decoded = try UsageRecordCodec.decode(encoded(record))
        let endUser = try #require(decoded.endUser)
        #expect(record.endUser?.hasPrefix(endUser) == true)
        #expect(record.clientModel.hasPrefix(decoded.clientModel))
        for text in [endUser, decoded.clientModel] {
            #expect(
                (UsageRecordCodec.maximumTextBytes - 3...UsageRecordCodec.maximumTextBytes).contains(text.utf8.count))
        }
    }

    @Test func attemptsAndLogsAreBounded() throws {
        var record = UsageRecord.sample(1)
        record.attempts = (1...200).map {
            AttemptRecord(number: $0, provider: "p", model: "m", outcome: "timeout", latencyMilliseconds: 1)
        }
        record.attemptCount = 200
        record.log = PromptLog(
            prompt: Array(repeating: 7, count: PromptLog.maximumBytes + 5),
            answer: Array(repeating: 8, count: PromptLog.maximumBytes))
        let decoded = try UsageRecordCodec.decode(encoded(record))
        #expect(decoded.attempts == Array(record.attempts.prefix(UsageRecordCodec.maximumAttempts)))
        #expect(decoded.attemptCount == 200)
        #expect(decoded.log?.prompt.count == PromptLog.maximumBytes)
        #expect(decoded.log?.answer == record.log?.answer)
    }

    /// The bytes of the first format, which every later release must read.
    @Test func theFirstFormatStaysReadable() throws {
        var record = UsageRecord(
            id: try #require(UUIDv7("017f22e2-79b0-7cc3-98c4-dc0c0c07398f")), time: Timestamp(milliseconds: 1000),
            tenant: "acme", endpoint: "chat/completions", clientModel: "smart")
        record.key = "k1"
        record.costNanodollars = 5
        record.cache = .hit
        record.totalMilliseconds = 64
        record.attempts = [
            AttemptRecord(number: 1, provider: "p", model: "m", outcome: "ok", status: 200, latencyMilliseconds: 3)
        ]
        let bytes: [UInt8] =
            [
                1, 0x01, 0x7F, 0x22, 0xE2, 0x79, 0xB0, 0x7C, 0xC3, 0x98, 0xC4, 0xDC, 0x0C, 0x0C, 0x07, 0x39, 0x8F,
                4, 2, 0xD0, 0x0F, 0, 0, 0, 0, 0, 0, 10, 0, 0x90, 0x03, 0x80, 0x01, 4,
            ] + Array("acme".utf8) + [0, 3] + Array("k1".utf8) + [0, 0, 0, 16] + Array("chat/completions".utf8)
            + [5] + Array("smart".utf8) + [0, 0, 0, 0, 1, 1, 2, 1] + Array("p".utf8) + [1] + Array("m".utf8) + [2]
            + Array("ok".utf8) + [0x90, 0x03, 6, 0, 0]
        #expect(encoded(record) == bytes)
        #expect(try UsageRecordCodec.decode(bytes) == record)
    }
}
