/// Why bytes are no usage record.
package enum UsageRecordCodecError: Error, Sendable, Hashable {
    /// The bytes end before the record does.
    case truncated
    /// Bytes are left over after the record's end.
    case trailingBytes(Int)
    /// Written by a newer release.
    case newerVersion(UInt8)
    /// No release writes this; names the part.
    case malformed(String)
}

extension UsageRecordCodecError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .truncated: "the usage record is cut off"
        case .trailingBytes(let count): "\(count) bytes follow the end of the usage record"
        case .newerVersion(let version):
            """
            the usage record has format \(version), which a newer release wrote; this release reads formats up to \
            \(UsageRecordCodec.version): drain the outbox with the release that wrote it
            """
        case .malformed(let part): "the usage record is damaged: \(part)"
        }
    }
}
