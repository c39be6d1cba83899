import Ledger
import Testing
import WireJSON

@Suite struct RedactorJSONTests {
    @Test(arguments: [
        (
            #"{"messages":[{"role":"user","content":"I am ana@x.com"}]}"#,
            #"{"messages":[{"role":"user","content":"I am [email]"}]}"#
        ),
        (#"{"a":"line\nana@x.com\tb"}"#, #"{"a":"line\n[email]\tb"}"#),
        (#"{"a":"ana\u0040x.com"}"#, #"{"a":"[email]"}"#),
        (#"{"a":"jo\u00e3o@x.com \ud83d\ude00"}"#, #"{"a":"[email] \ud83d\ude00"}"#),
        (#"{"a":"\ud83d\ude00ana@x.com"}"#, #"{"a":"\ud83d\ude00[email]"}"#),
        (#"{"a":"\"ana@x.com\""}"#, #"{"a":"\"[email]\""}"#),
        (#"{"s":"wJalrXUtnFEMI\/K7MDENG\/bPxRfiCYEXAMPLEKEY"}"#, #"{"s":"[api key]"}"#),
        // Arguments of a tool call are JSON in a string.
        (
            #"{"arguments":"{\"to\":\"ana@x.com\",\"n\":\"a\\nbob@y.org\"}"}"#,
            #"{"arguments":"{\"to\":\"[email]\",\"n\":\"a\\n[email]\"}"}"#
        ),
        (#"{"k":"-----BEGIN X KEY-----\nMIIE\n-----END X KEY-----\n"}"#, #"{"k":"[pem]\n"}"#),
        // Numbers stay numbers.
        (#"{"cpf":52998224725,"n":5}"#, #"{"cpf":11111111111,"n":5}"#),
        (#"[4111111111111111 , 11222333000181]"#, #"[1111111111111111 , 11111111111111]"#),
        (
            #"{"t":1763738400123,"x":-52998224725,"y":52998224725.0,"z":52998224725e2}"#,
            #"{"t":1763738400123,"x":-52998224725,"y":52998224725.0,"z":52998224725e2}"#
        ),
        // Nothing is found across the borders of values.
        (#"["4111 1111","1111 1111"]"#, #"["4111 1111","1111 1111"]"#),
        ("[4111,1111,1111,1111]", "[4111,1111,1111,1111]"),
        // Names stay distinct.
        (#"{"ana@x.com":1,"bob@x.com":"c@d.ef"}"#, #"{"[email 1]":1,"[email 2]":"[email]"}"#),
        (#" { "ana@x.com" : "b@x.com" } "#, #" { "[email 1]" : "[email]" } "#),
        ("[]", "[]"), ("{}", "{}"), (#"["",null,true,-0.5e+3]"#, #"["",null,true,-0.5e+3]"#),
    ])
    func documents(example: (json: String, redacted: String)) throws {
        let redactor = Redactor()
        #expect(redactor.redact(example.json) == example.redacted)
        #expect(redactor.redact(example.redacted) == example.redacted)
        _ = try JSONValue(parsing: example.redacted)
    }

    @Test(arguments: [
        // A body that was cut, and lines that are no JSON, are text.
        (#"{"content":"ana@x.com and 4111 1111 1111"#, #"{"content":"[email] and 4111 1111 1111"#),
        (#"data: {"a":"ana@x.com"}"#, #"data: {"a":"[email]"}"#),
        ("[4111 1111 1111 1111]", "[[card]]"),
        (#"{"a":52998224725"#, #"{"a":[cpf]"#),
        (#""ana@x.com""#, #""[email]""#),
        ("52998224725", "[cpf]"),
        (#"{"a":"b"} trailing ana@x.com"#, #"{"a":"b"} trailing [email]"#),
    ])
    func otherText(example: (text: String, redacted: String)) {
        #expect(Redactor().redact(example.text) == example.redacted)
        #expect(Redactor().redact(example.redacted) == example.redacted)
    }

    @Test func deepDocumentsStayDocuments() throws {
        let deep = String(repeating: "[", count: 500) + "\"ana@x.com\",52998224725" + String(repeating: "]", count: 500)
        let redacted = Redactor().redact(deep)
        #expect(redacted.contains("\"[email]\",11111111111"))
        _ = try JSONValue(parsing: redacted, limits: JSONLimits(maxDepth: 512))
    }

    @Test func nothingToMaskCostsNoCopy() {
        let text = #"{"model":"smart","messages":[{"role":"user","content":"Hello"}]}"#
        #expect(Redactor().redact(Array(text.utf8)) == Array(text.utf8))
    }
}
