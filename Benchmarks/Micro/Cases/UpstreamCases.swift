import Upstream

/// The guard against private addresses, asked whenever a socket to a provider is opened.
enum UpstreamCases {
    static func all() -> [Benchmark] {
        let global: [UInt8] = [0x26, 0x06, 0x47, 0, 0x47, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x11, 0x11]
        return [
            verdict("PublicIPv4", [104, 18, 7, 192], .allowed),
            verdict("PrivateIPv4", [192, 168, 1, 10], .blocked(.privateNetwork)),
            verdict("PublicIPv6", global, .allowed),
            Benchmark("Upstream.Guard.HostLiteral") {
                guard AddressGuard.verdict(host: "0x7f.1") == .blocked(.loopback) else {
                    throw UnexpectedOutcome("not blocked")
                }
            },
        ]
    }

    private static func verdict(_ name: String, _ address: [UInt8], _ expected: AddressGuard.Verdict) -> Benchmark {
        Benchmark("Upstream.Guard.\(name)") {
            guard AddressGuard.verdict(address) == expected else { throw UnexpectedOutcome("the wrong verdict") }
        }
    }
}
