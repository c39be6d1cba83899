import Testing

@testable import Gateway

@Suite("Queries")
struct QueryItemsTests {
    @Test(
        "values are found by their decoded names",
        arguments: [
            ("/v1/limits?a=1", "1"), ("/?b=2&a=1", "1"), ("/?a=1&a=2", "1"), ("/?a=", ""), ("/?a", ""),
            ("/?%61=1", "1"), ("/?a=x=y", "x=y"), ("/?a=b?c", "b?c"), ("/?&&a=1&", "1"), ("/?a=b%26c%3Dd", "b&c=d"),
            ("/?a=b+c%20d%2Be", "b c d+e"), ("/?a=gr%C3%BC%C3%9Fe", "grüße"), ("/?a=groq/llama", "groq/llama"),
        ])
    func found(uri: String, value: String) {
        #expect(QueryItems(uri)["a"] == value)
    }

    @Test("what is not there is nil", arguments: ["/v1/limits", "/v1/limits?", "/a=1", "/?b=a", "/?A=1", "", "?=a"])
    func missing(uri: String) {
        #expect(QueryItems(uri)["a"] == nil)
    }
}

@Suite("Percent escapes")
struct PercentDecodingTests {
    @Test(
        "escapes become their bytes, everything else stays",
        arguments: [
            ("", ""), ("abc", "abc"), ("%41", "A"), ("%2f%2F", "//"), ("a%20b", "a b"), ("a+b", "a+b"), ("%", "%"),
            ("%4", "%4"), ("100%", "100%"), ("%zz", "%zz"), ("%4g", "%4g"), ("%%41", "%A"), ("%2541", "%41"),
            ("%C3%A9", "é"), ("é", "é"), ("%+1", "%+1"), ("%-1", "%-1"), ("% 1", "% 1"),
        ])
    func decoded(text: String, expected: String) {
        #expect(PercentDecoding.text(text[...]) == expected)
    }

    @Test("broken UTF-8 shows as replacement characters")
    func broken() {
        #expect(PercentDecoding.text("a%FFb") == "a\u{FFFD}b")
        #expect(PercentDecoding.text("%C3") == "\u{FFFD}")
    }

    @Test("a plus is a space in a form's query only")
    func plus() {
        #expect(PercentDecoding.text("a+b%2Bc", plusIsSpace: true) == "a b+c")
        #expect(PercentDecoding.text("a+b%2Bc") == "a+b+c")
    }

    @Test("every byte has an escape, in either case")
    func bytes() {
        for byte in UInt8.min...0x7F {
            let digits = String(byte, radix: 16)
            let escape = "%" + (digits.count == 1 ? "0" : "") + digits
            #expect(Array(PercentDecoding.text(escape[...]).utf8) == [byte])
            #expect(Array(PercentDecoding.text(escape.uppercased()[...]).utf8) == [byte])
        }
    }
}
