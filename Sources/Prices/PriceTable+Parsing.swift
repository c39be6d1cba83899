import Dialects

extension PriceTable {
    /// Reads the format of ``data``; lines that do not fit are left out.
    init(parsing text: StaticString, version: String) {
        var rows: [ProviderKind: [String: Price]] = [:]
        let text = text.withUTF8Buffer { String(decoding: $0, as: UTF8.self) }
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count == 4, let provider = ProviderKind(rawValue: String(fields[0])) else { continue }
            rows[provider, default: [:]][String(fields[1])] = Self.price(parsing: fields[3], version: version)
        }
        self.rows = rows
        self.version = version
    }

    private static func price(parsing text: Substring, version: String) -> Price {
        var price = Price(version: version)
        var tier = Price.LongContext(aboveInputTokens: 0)
        for pair in text.split(separator: ",") {
            let halves = pair.split(separator: "=", maxSplits: 1)
            guard halves.count == 2, let value = Int(halves[1]), value >= 0 else { continue }
            let name = String(halves[0])
            if let path = rates[name] {
                price[keyPath: path] = value
            } else if let path = tierRates[name] {
                tier[keyPath: path] = value
            } else if name == "above" {
                tier.aboveInputTokens = value
            }
        }
        if tier.aboveInputTokens > 0 { price.longContext = tier }
        return price
    }

    /// The names that `scripts/derive-prices.py` writes.
    private static var rates: [String: WritableKeyPath<Price, Int?>] {
        [
            "in": \.input, "cached": \.cachedInput, "write": \.cacheWrite, "write1h": \.cacheWriteHour,
            "out": \.output, "reasoning": \.reasoning, "audioin": \.audioInput, "audioout": \.audioOutput,
            "imagein": \.imageInput, "imageout": \.imageOutput, "image": \.perImage, "inputimage": \.perInputImage,
            "second": \.perAudioSecond, "char": \.perInputCharacter,
        ]
    }

    private static var tierRates: [String: WritableKeyPath<Price.LongContext, Int?>] {
        ["longin": \.input, "longcached": \.cachedInput, "longwrite": \.cacheWrite, "longout": \.output]
    }
}
