/// An address prefix and what it stands for. Sources: the IANA special-purpose registries for IPv4 and IPv6
/// (RFC 6890 and updates), and the documentation of the clouds for their metadata services.
struct AddressBlock<Address: FixedWidthInteger & Sendable>: Sendable {
    let base: Address
    let bits: Int
    let kind: AddressClass

    init(_ base: Address, _ bits: Int, _ kind: AddressClass) {
        self.base = base
        self.bits = bits
        self.kind = kind
    }

    func contains(_ address: Address) -> Bool {
        (address ^ self.base) >> (Address.bitWidth - self.bits) == 0
    }
}

/// An IPv6 prefix whose addresses carry an IPv4 address.
struct IPv4Carrier: Sendable {
    let base: UInt128
    let bits: Int
    /// How far right the IPv4 address has to be shifted to end at bit 0.
    let embeddedShift: Int

    func contains(_ address: UInt128) -> Bool {
        (address ^ self.base) >> (128 - self.bits) == 0
    }
}

extension AddressBlock where Address == UInt32 {
    /// First match wins, so single addresses stand before the ranges around them.
    static let ipv4: [AddressBlock<UInt32>] = [
        .init(0xA9FE_A9FE, 32, .cloudMetadata),  // 169.254.169.254: AWS, Azure, GCP, Oracle, OpenStack, DigitalOcean
        .init(0xA9FE_AA02, 32, .cloudMetadata),  // 169.254.170.2: AWS ECS task credentials
        .init(0xA9FE_AA17, 32, .cloudMetadata),  // 169.254.170.23: AWS EKS Pod Identity
        .init(0x6464_64C8, 32, .cloudMetadata),  // 100.100.100.200: Alibaba Cloud
        .init(0xC000_00C0, 32, .cloudMetadata),  // 192.0.0.192: Oracle Cloud classic
        .init(0xA83F_8110, 32, .cloudMetadata),  // 168.63.129.16: Azure host agent, a public address
        .init(0x0000_0000, 8, .unspecified),
        .init(0x0A00_0000, 8, .privateNetwork),
        .init(0x6440_0000, 10, .shared),
        .init(0x7F00_0000, 8, .loopback),
        .init(0xA9FE_0000, 16, .linkLocal),
        .init(0xAC10_0000, 12, .privateNetwork),
        .init(0xC000_0000, 24, .reserved),  // 192.0.0.0/24: protocol assignments
        .init(0xC000_0200, 24, .documentation),
        .init(0xC058_6300, 24, .reserved),  // 192.88.99.0/24: 6to4 relay anycast, deprecated
        .init(0xC0A8_0000, 16, .privateNetwork),
        .init(0xC612_0000, 15, .benchmarking),
        .init(0xC633_6400, 24, .documentation),
        .init(0xCB00_7100, 24, .documentation),
        .init(0xE000_0000, 4, .multicast),
        .init(0xFFFF_FFFF, 32, .broadcast),
        .init(0xF000_0000, 4, .reserved),
    ]
}

extension AddressBlock where Address == UInt128 {
    static let globalUnicast = AddressBlock<UInt128>(0x2000 << 112, 3, .reserved)

    static let ipv4Carriers: [IPv4Carrier] = [
        IPv4Carrier(base: 0xFFFF << 32, bits: 96, embeddedShift: 0),  // ::ffff:0:0/96, mapped (RFC 4291)
        IPv4Carrier(base: 0xFFFF << 48, bits: 96, embeddedShift: 0),  // ::ffff:0:0:0/96, translated (RFC 2765)
        IPv4Carrier(base: 0x0064_FF9B << 96, bits: 96, embeddedShift: 0),  // 64:ff9b::/96, NAT64 (RFC 6052)
        IPv4Carrier(base: 0x2002 << 112, bits: 16, embeddedShift: 80),  // 2002::/16, 6to4 (RFC 3056)
    ]

    static let ipv6: [AddressBlock<UInt128>] = [
        .init(0xFD00_0EC2 << 96 | 0x254, 128, .cloudMetadata),  // fd00:ec2::254: AWS
        .init(0xFD00_0EC2 << 96 | 0x23, 128, .cloudMetadata),  // fd00:ec2::23: AWS EKS Pod Identity
        .init(0xFD20_00CE << 96 | 0x254, 128, .cloudMetadata),  // fd20:ce::254: GCP
        .init(0, 128, .unspecified),
        .init(1, 128, .loopback),
        .init(0xFC00 << 112, 7, .privateNetwork),  // unique local
        .init(0xFE80 << 112, 10, .linkLocal),
        .init(0xFEC0 << 112, 10, .privateNetwork),  // site-local, deprecated
        .init(0xFF00 << 112, 8, .multicast),
        .init(0x2001_0002 << 96, 48, .benchmarking),
        .init(0x2001 << 112, 23, .reserved),  // 2001::/23: protocol assignments, among them Teredo and ORCHID
        .init(0x2001_0DB8 << 96, 32, .documentation),
        .init(0x3FFF << 112, 20, .documentation),
    ]
}
