import Testing

@testable import Upstream

@Suite("Address guard")
struct AddressGuardTests {
    @Test(
        "IPv4 ranges, at both ends and right outside",
        arguments: [
            ("0.0.0.0", .unspecified), ("0.255.255.255", .unspecified), ("1.0.0.0", nil),
            ("9.255.255.255", nil), ("10.0.0.0", .privateNetwork), ("10.255.255.255", .privateNetwork),
            ("11.0.0.0", nil),
            ("100.63.255.255", nil), ("100.64.0.0", .shared), ("100.127.255.255", .shared), ("100.128.0.0", nil),
            ("126.255.255.255", nil), ("127.0.0.0", .loopback), ("127.0.0.1", .loopback),
            ("127.255.255.255", .loopback), ("128.0.0.0", nil),
            ("169.253.255.255", nil), ("169.254.0.0", .linkLocal), ("169.254.255.255", .linkLocal),
            ("169.255.0.0", nil),
            ("169.254.169.254", .cloudMetadata), ("169.254.170.2", .cloudMetadata), ("100.100.100.200", .cloudMetadata),
            ("192.0.0.192", .cloudMetadata), ("168.63.129.16", .cloudMetadata), ("168.63.129.17", nil),
            ("172.15.255.255", nil), ("172.16.0.0", .privateNetwork), ("172.31.255.255", .privateNetwork),
            ("172.32.0.0", nil), ("192.0.0.1", .reserved), ("192.0.1.0", nil), ("192.0.2.1", .documentation),
            ("192.88.99.1", .reserved), ("192.167.255.255", nil), ("192.168.0.0", .privateNetwork),
            ("192.168.255.255", .privateNetwork), ("192.169.0.0", nil),
            ("198.17.255.255", nil), ("198.18.0.0", .benchmarking), ("198.19.255.255", .benchmarking),
            ("198.20.0.0", nil),
            ("198.51.100.7", .documentation), ("203.0.113.7", .documentation), ("203.0.114.0", nil),
            ("223.255.255.255", nil), ("224.0.0.0", .multicast), ("239.255.255.255", .multicast),
            ("240.0.0.0", .reserved), ("255.255.255.254", .reserved), ("255.255.255.255", .broadcast),
            ("8.8.8.8", nil), ("104.18.7.192", nil),
        ] as [(String, AddressClass?)])
    func ipv4(text: String, expected: AddressClass?) throws {
        let address = try #require(AddressGuard.ipv4(text))
        #expect(AddressGuard.classify(ipv4: address) == expected)
        let verdict: AddressGuard.Verdict = expected.map { .blocked($0) } ?? .allowed
        #expect(AddressGuard.verdict(ipv4: address) == verdict)
        #expect(AddressGuard.verdict(host: text) == verdict)
        let bytes = (0..<4).map { UInt8(truncatingIfNeeded: address >> (24 - 8 * $0)) }
        #expect(AddressGuard.verdict(bytes) == verdict)
    }

    @Test(
        "IPv6 ranges and addresses that carry an IPv4 address",
        arguments: [
            ("::", .unspecified), ("::1", .loopback), ("::2", .reserved), ("::7f00:1", .reserved),
            ("fc00::", .privateNetwork), ("fdff:ffff::1", .privateNetwork), ("fbff::1", .reserved),
            ("fe80::1", .linkLocal), ("febf::1", .linkLocal), ("fec0::1", .privateNetwork), ("fe00::1", .reserved),
            ("ff02::1", .multicast), ("100::1", .reserved), ("2001:db8::1", .documentation),
            ("3fff::1", .documentation),
            ("3fff:1000::1", nil), ("2001::1", .reserved), ("2001:20::1", .reserved), ("2001:2::1", .benchmarking),
            ("2001:200::1", nil), ("5f00::1", .reserved), ("4000::1", .reserved),
            ("fd00:ec2::254", .cloudMetadata), ("fd20:ce::254", .cloudMetadata),
            ("2606:4700::6812:7c0", nil), ("2a00:1450:4001::200e", nil), ("2001:4860:4860::8888", nil),
            ("::ffff:127.0.0.1", .loopback), ("::ffff:10.1.2.3", .privateNetwork), ("::ffff:8.8.8.8", nil),
            ("::ffff:169.254.169.254", .cloudMetadata), ("::ffff:0:192.168.1.1", .privateNetwork),
            ("64:ff9b::10.0.0.1", .privateNetwork), ("64:ff9b::8.8.8.8", nil), ("64:ff9b:1::8.8.8.8", .reserved),
            ("2002:7f00:1::", .loopback), ("2002:a9fe:a9fe::1", .cloudMetadata), ("2002:808:808::1", nil),
            ("2a00::5efe:10.0.0.1", .privateNetwork), ("2a00::200:5efe:127.0.0.1", .loopback),
            ("2a00::5efe:8.8.8.8", nil),
        ] as [(String, AddressClass?)])
    func ipv6(text: String, expected: AddressClass?) {
        let verdict: AddressGuard.Verdict = expected.map { .blocked($0) } ?? .allowed
        #expect(AddressGuard.verdict(host: text) == verdict)
        #expect(AddressGuard.verdict(host: "[\(text.uppercased())]") == verdict)
    }

    @Test("Permission for private networks opens all but metadata services, multicast and broadcast")
    func permission() {
        for host in ["127.0.0.1", "10.0.0.1", "169.254.1.1", "100.64.0.1", "0.0.0.0", "::1", "fd12::1", "localhost"] {
            #expect(AddressGuard.verdict(host: host, allowPrivateNetwork: true) == .allowed, "\(host)")
        }
        for host in ["169.254.169.254", "fd00:ec2::254", "224.0.0.1", "ff02::1", "255.255.255.255"] {
            #expect(AddressGuard.verdict(host: host, allowPrivateNetwork: true) != .allowed, "\(host)")
        }
    }

    @Test(
        "Odd spellings of addresses",
        arguments: [
            ("0x7f.1", .blocked(.loopback)), ("0x7f000001", .blocked(.loopback)), ("2130706433", .blocked(.loopback)),
            ("0177.0.0.1", .blocked(.loopback)), ("127.1", .blocked(.loopback)), ("127.0.1", .blocked(.loopback)),
            ("127.0.0.1.", .blocked(.loopback)), ("10.16777215", .blocked(.privateNetwork)),
            ("0", .blocked(.unspecified)),
            ("fe80::1%eth0", .blocked(.linkLocal)), ("LocalHost", .blocked(.loopback)),
            ("a.localhost", .blocked(.loopback)),
            ("localhost.", .blocked(.loopback)), ("metadata.google.internal", .blocked(.cloudMetadata)),
            ("[::1", .blocked(.reserved)), ("1:2", .blocked(.reserved)),
            ("256.1.1.1", nil), ("1.2.3.4.5", nil), ("1.16777216", nil), ("4294967296", nil), ("08.1.1.1", nil),
            ("127.0.0.-1", nil), ("+127.0.0.1", nil), ("0x+7f.1", nil), ("1..2", nil), ("", nil), (".", nil),
            ("api.openai.com", nil), ("localhost.example.com", nil), ("10.example.com", nil),
        ] as [(String, AddressGuard.Verdict?)])
    func spellings(host: String, expected: AddressGuard.Verdict?) {
        #expect(AddressGuard.verdict(host: host) == expected)
    }

    @Test("Addresses of other lengths are blocked", arguments: [0, 1, 5, 15, 17])
    func lengths(count: Int) {
        #expect(AddressGuard.verdict([UInt8](repeating: 8, count: count)) == .blocked(.reserved))
    }

    @Test("An IPv4 address is judged alike however it is wrapped")
    func wrapped() {
        var random = SplitMix64(seed: 20)
        for _ in 0..<5_000 {
            let address = UInt32.random(in: .min ... .max, using: &random)
            let plain = AddressGuard.verdict(ipv4: address)
            let wide = UInt128(address)
            #expect(AddressGuard.verdict(ipv6: 0xFFFF << 32 | wide) == plain)
            #expect(AddressGuard.verdict(ipv6: 0xFFFF << 48 | wide) == plain)
            #expect(AddressGuard.verdict(ipv6: 0x0064_FF9B << 96 | wide) == plain)
            let rest = UInt128.random(in: 0...(1 << 80 - 1), using: &random)
            #expect(AddressGuard.verdict(ipv6: 0x2002 << 112 | wide << 80 | rest) == plain)
        }
    }

    @Test("Nothing outside 2000::/3 is allowed but wrapped public IPv4 addresses")
    func defaultDeny() {
        var random = SplitMix64(seed: 21)
        for _ in 0..<20_000 {
            let address = UInt128.random(in: .min ... .max, using: &random)
            if address >> 125 != 1 { #expect(AddressGuard.verdict(ipv6: address) != .allowed) }
        }
    }

    @Test("Random host names never trap")
    func fuzz() {
        var random = SplitMix64(seed: 22)
        let alphabet = Array("0123456789abcdefx.:[]%-+ é\u{0}")
        for _ in 0..<20_000 {
            let host = String(
                (0..<Int.random(in: 0...24, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? "0" })
            _ = AddressGuard.verdict(host: host)
        }
    }
}
