/// How long a piece of audio plays.
enum AudioLength {
    /// Longer audio counts as this: a day.
    private static let longest = 86_400_000
    /// Chunks of a WAV file that are stepped over in search of its data.
    private static let mostChunks = 64
    /// Taken where neither header nor frame tells: speech is rarely encoded below it, and a lower rate means more time.
    static let usualBitsPerSecond = 64_000

    /// Milliseconds, rounded up: by the header of a WAV file, by the bit rate of the first frame of an MP3 file, else
    /// by the size alone.
    static func milliseconds(_ bytes: Base64Bytes) -> Int {
        let length = wav(bytes) ?? mp3(bytes) ?? time(of: bytes.count, bytesPerSecond: usualBitsPerSecond / 8)
        return min(max(0, length), longest)
    }

    /// RIFF WAVE: `fmt ` states bytes per second, `data` how many there are. A stream's header states 0 or 2^32 - 1,
    /// so the file's own size bounds it.
    private static func wav(_ bytes: Base64Bytes) -> Int? {
        guard bytes.matches("RIFF", at: 0), bytes.matches("WAVE", at: 8) else { return nil }
        var position = 12
        var rate: Int?
        for _ in 0..<mostChunks {
            guard let size = bytes.little(position + 4, 4) else { break }
            if bytes.matches("fmt ", at: position) {
                rate = bytes.little(position + 16, 4)
            } else if bytes.matches("data", at: position), let rate {
                let present = max(0, bytes.count - position - 8)
                return time(of: size == 0 ? present : min(size, present), bytesPerSecond: rate)
            }
            position += 8 + size + size % 2
        }
        return rate.flatMap { time(of: bytes.count, bytesPerSecond: $0) }
    }

    /// ISO 11172-3, section 2.4.2.3, and its extension to lower sampling rates (13818-3): layer III only.
    private static func mp3(_ bytes: Base64Bytes) -> Int? {
        var start = 0
        if bytes.matches("ID3", at: 0) {
            // Four bytes of seven bits.
            guard let size = bytes.big(6, 4) else { return nil }
            let (a, b, c, d) = (size >> 24 & 0x7F, size >> 16 & 0x7F, size >> 8 & 0x7F, size & 0x7F)
            start = 10 + (a << 21 | b << 14 | c << 7 | d)
        }
        guard let header = bytes.big(start, 4), header >> 21 == 0x7FF, header >> 17 & 3 == 1 else { return nil }
        let isFirst = header >> 19 & 3 == 3
        let index = header >> 12 & 15
        let first = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0]
        let second = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0]
        let kilobits = isFirst ? first[index] : second[index]
        return time(of: max(0, bytes.count - start), bytesPerSecond: kilobits * 125)
    }

    /// nil for a rate of 0.
    private static func time(of bytes: Int, bytesPerSecond rate: Int) -> Int? {
        rate > 0 ? (bytes * 1000 + rate - 1) / rate : nil
    }

    private static func time(of bytes: Int, bytesPerSecond rate: Int) -> Int {
        (bytes * 1000 + rate - 1) / max(1, rate)
    }
}
