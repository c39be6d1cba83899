import Testing

@testable import Policy

@Suite("Amounts as people write them")
struct QuantitiesTests {
    @Test(
        "Durations in milliseconds",
        arguments: [
            ("500ms", 500), ("3s", 3_000), ("2m", 120_000), ("1h", 3_600_000), ("7d", 604_800_000), ("0s", 0),
            ("3650d", 315_360_000_000),
        ])
    func durations(text: String, milliseconds: Int) {
        #expect(Quantities.duration(text) == milliseconds)
    }

    @Test(
        "No durations",
        arguments: [
            "", "3", "s", "ms", "3 s", " 3s", "3s ", "-3s", "+3s", "1.5s", "3S", "3sec", "1h30m", "3651d",
            "99999999999999999999s",
            "9223372036854775807d", "٣s", "1e3s",
        ])
    func noDurations(text: String) {
        #expect(Quantities.duration(text) == nil)
    }

    @Test(
        "Sizes in bytes",
        arguments: [
            ("0", 0), ("1024", 1024), ("1B", 1), ("64KiB", 65_536), ("32MiB", 33_554_432), ("1GiB", 1_073_741_824),
            ("10KB", 10_000),
            ("10MB", 10_000_000), ("2 GB", 2_000_000_000), ("1_000_000", 1_000_000),
        ])
    func sizes(text: String, bytes: Int) {
        #expect(Quantities.bytes(text) == bytes)
    }

    @Test(
        "No sizes",
        arguments: ["", "MiB", "1.5MiB", "-1", "1 TiB", "1mib", "1  MiB", "2000GiB", "99999999999999999999", "1MiBB"])
    func noSizes(text: String) {
        #expect(Quantities.bytes(text) == nil)
    }

    @Test(
        "Dollars in nano-dollars, exactly",
        arguments: [
            ("0", 0), ("50", 50_000_000_000), ("50.00", 50_000_000_000), ("0.25", 250_000_000), ("2.5", 2_500_000_000),
            ("0.1", 100_000_000), ("0.000000001", 1), ("1.000000001", 1_000_000_001), ("1.0000000000", 1_000_000_000),
            ("1000000000", 1_000_000_000_000_000_000), ("1_000", 1_000_000_000_000), ("00.5", 500_000_000),
        ])
    func dollars(text: String, nanodollars: Int) {
        #expect(Quantities.nanodollars(text) == nanodollars)
    }

    @Test(
        "No dollars",
        arguments: [
            "", ".", ".5", "5.", "-1", "+1", "$5", "1e3", "1,5", "1.2.3", "0.0000000001", "1000000001",
            "99999999999999999999", "1.0_5",
            "_1", " 1", "NaN", "1.5 ",
        ])
    func noDollars(text: String) {
        #expect(Quantities.nanodollars(text) == nil)
    }

    @Test(
        "Addresses and ranges",
        arguments: [
            "10.0.0.0/8", "192.0.2.1", "0.0.0.0/0", "255.255.255.255/32", "::1", "::", "2001:db8::/32",
            "2001:db8:0:0:0:0:0:1", "::ffff:10.0.0.1",
            "1::", "::/0", "1:2:3:4:5:6:7:8/128", "1:2:3:4:5:6:1.2.3.4",
        ])
    func addresses(text: String) {
        #expect(AddressRange.isValid(text))
    }

    @Test(
        "No addresses",
        arguments: [
            "", "10.0.0", "10.0.0.0.0", "256.0.0.1", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8/8",
            "a.b.c.d", "::/129", ":::",
            "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "12345::", "g::", "1:2:3:4:5:6:7:1.2.3.4", "1.2.3.4::",
            "10.0.0.1_0", ":1", "1:",
            "::1:", "localhost", "١.1.1.1",
        ])
    func noAddresses(text: String) {
        #expect(!AddressRange.isValid(text))
    }

    @Test(
        "What somebody meant to write",
        arguments: [
            ("opnai", "openai"), ("openai ", "openai"), ("OPENAI", "openai"), ("antropic", "anthropic"),
            ("anhtropic", "anthropic"),
            ("grok", "groq"), ("gemni", "gemini"), ("x", nil), ("completely", nil), ("", nil),
        ] as [(String, String?)])
    func nearest(name: String, expected: String?) {
        #expect(NearestName.find(name, among: ["openai", "anthropic", "gemini", "groq"]) == expected)
    }
}
