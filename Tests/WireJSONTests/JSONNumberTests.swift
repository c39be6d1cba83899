import Testing
import WireJSON

@Suite("JSON numbers")
struct JSONNumberTests {
    @Test(
        "Integral values, whatever the spelling",
        arguments: [
            ("0", 0), ("-0", 0), ("5", 5), ("5.0", 5), ("-5.000", -5), ("50e-1", 5), ("5e0", 5), ("1E3", 1000),
            ("1.5e1", 15),
            ("0.0", 0), ("0e99", 0), ("12.5e+1", 125), ("9223372036854775807", .max), ("-9223372036854775808", .min),
            ("922337203685477580.7e1", .max), ("-9223372036854775808.0", .min), ("0.001e3", 1),
        ])
    func ints(text: String, value: Int) {
        #expect(JSONNumber(parsing: text)?.int == value)
    }

    @Test(
        "Not integral or too large",
        arguments: [
            "0.5", "1.01", "1e-1", "9223372036854775808", "-9223372036854775809", "1e19", "1e999999999",
            "1e99999999999999999999",
            "9223372036854775808.0", "1e-999999999",
        ])
    func notInts(text: String) {
        #expect(JSONNumber(parsing: text) != nil)
        #expect(JSONNumber(parsing: text)?.int == nil)
    }

    @Test(
        "Texts that are no numbers", arguments: ["", " 1", "1 ", "01", "+1", "1.", "x", "\"1\"", "[1]", "1,2", "NaN"])
    func noNumbers(text: String) {
        #expect(JSONNumber(parsing: text) == nil)
    }

    @Test("Spelling is kept")
    func spelling() throws {
        let document = #"{"a":1.0,"b":-0,"c":1E5,"d":0.1000,"e":123456789012345678901234567890}"#
        #expect(try JSONValue(parsing: document).text == document)
    }

    @Test("Doubles")
    func doubles() {
        #expect(JSONNumber(parsing: "0.7")?.double == 0.7)
        #expect(JSONNumber(parsing: "1e400")?.double == nil)
        #expect(JSONNumber(0.7).text == "0.7")
        #expect(JSONNumber(1e300).text == "1e+300")
        #expect(JSONNumber(Double.infinity).text == "0")
        #expect(JSONNumber(Double.nan).text == "0")
        #expect((3 as JSONNumber).int == 3)
        #expect((2.5 as JSONNumber).double == 2.5)
    }

    @Test("Every double is written as valid JSON", arguments: 0..<20 as Range<UInt64>)
    func roundTrip(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<200 {
            let value = Double(bitPattern: random.next())
            guard value.isFinite else { continue }
            #expect(JSONNumber(parsing: JSONNumber(value).text)?.double == value)
        }
    }
}
