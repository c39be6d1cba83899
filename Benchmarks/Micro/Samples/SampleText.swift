/// Prose of any length, the same in every run. With quotes, line breaks and letters outside ASCII, as real prompts have.
enum SampleText {
    private static let words = [
        "the", "gateway", "keeps", "every", "answer", "as", "it", "came", "and", "reads", "only", "what", "a", "policy",
        "needs", "to", "know", "such", "usage", "naïve", "«quoted»", "30 °C", "São", "Tomé", "über", "token", "stream",
        "provider", "model", "request", "with", "some", "words", "longer", "than", "others",
    ]

    /// At least `count` bytes, ended at a word.
    static func prose(bytes count: Int) -> String {
        var text = ""
        text.reserveCapacity(count + 32)
        var index = 0
        while text.utf8.count < count {
            text += words[(index * 7 + index / 11) % words.count]
            text += index % 17 == 16 ? ".\n" : index % 29 == 28 ? " \"so to speak\" " : " "
            index += 1
        }
        return text
    }

    /// One word as a model streams it, with the space before it.
    static func token(_ index: Int) -> String {
        " " + words[index * 7 % words.count]
    }
}
