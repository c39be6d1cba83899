/// Why an address is not an ordinary public one. Raw values serve as metric labels and configuration messages.
package enum AddressClass: String, Sendable, Hashable, CaseIterable {
    case loopback
    case privateNetwork = "private"
    case linkLocal = "link_local"
    /// 100.64.0.0/10: carrier-grade NAT and many container and VPN networks (RFC 6598).
    case shared
    /// 0.0.0.0/8 and `::`. On Linux a connection to 0.0.0.0 reaches the own machine.
    case unspecified
    case multicast
    case broadcast
    case documentation
    case benchmarking
    /// Services that hand out cloud credentials to whoever asks from the instance.
    case cloudMetadata = "cloud_metadata"
    /// Everything else that is not assigned for public unicast use.
    case reserved

    /// Whether `allow_private_network` opens this class.
    var isPermittedOnRequest: Bool {
        switch self {
        case .cloudMetadata, .multicast, .broadcast: false
        default: true
        }
    }
}
