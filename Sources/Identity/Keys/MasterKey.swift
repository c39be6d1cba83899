import Crypto

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The installation's 32-byte secret. Never used itself: every use derives a key of its own, so that no
/// two uses can be played against each other.
///
/// Where it comes from: `MasterKey+File.swift`.
package struct MasterKey: Sendable {
    /// What derived keys are for. The raw value is part of the derivation and must never change.
    package enum Purpose: String, Sendable, CaseIterable {
        /// Hashing of API key secrets.
        case apiKeySecrets = "martlet/api-key-secrets/v1"
        /// Authenticating public ids.
        case apiKeyIDs = "martlet/api-key-ids/v1"
        /// Recognising the database that belongs to this master key.
        case check = "martlet/check/v1"
        /// Encrypting provider secrets in the database.
        case storedSecrets = "martlet/stored-secrets/v1"
        /// Signing the console's sessions.
        case sessions = "martlet/sessions/v1"
        /// What signs the webhooks of tenants.
        case webhooks = "martlet/webhooks/v1"
    }

    private let key: SymmetricKey

    /// Takes 32 bytes in base64, with or without padding, surrounded by any white space.
    package init(base64: String) throws(MasterKeyError) {
        let text = base64.filter { !$0.isWhitespace }
        let padded = text + String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        guard let data = Data(base64Encoded: padded), data.count == 32 else { throw .notThirtyTwoBytes }
        key = SymmetricKey(data: data)
    }

    /// A new random key.
    package init() {
        key = SymmetricKey(size: .bits256)
    }

    /// 32 bytes for one purpose (HKDF-SHA256 with the purpose as its info).
    package func derive(_ purpose: Purpose) -> [UInt8] {
        symmetricKey(purpose).withUnsafeBytes { Array($0) }
    }

    func symmetricKey(_ purpose: Purpose) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(inputKeyMaterial: key, info: Array(purpose.rawValue.utf8), outputByteCount: 32)
    }

    /// For the key file only.
    var base64: String {
        key.withUnsafeBytes { Data($0) }.base64EncodedString()
    }
}

/// Why there is no usable master key. Start-up errors, for the operator.
package enum MasterKeyError: Error, Sendable, Hashable, CustomStringConvertible {
    case notThirtyTwoBytes
    /// The file can be read or written by others; its mode's lower nine bits.
    case tooOpen(path: String, mode: Int)
    case notARegularFile(path: String)
    case unreadable(path: String, reason: String)
    /// Keys in the database were hashed with another master key.
    case doesNotMatchDatabase

    /// Says what to do.
    package var description: String {
        switch self {
        case .notThirtyTwoBytes:
            "the master key must be 32 bytes in base64 (make one with: head -c 32 /dev/urandom | base64)"
        case .tooOpen(let path, let mode):
            "\(path) has mode 0\(String(mode, radix: 8)), so other users can read the master key; run: chmod 600 \(path)"
        case .notARegularFile(let path): "\(path) is not a regular file"
        case .unreadable(let path, let reason): "cannot use the master key file \(path): \(reason)"
        case .doesNotMatchDatabase:
            "the master key is not the one this database was made with: no API key would work. "
                + "Restore the old master.key (or MARTLET_MASTER_KEY)"
        }
    }
}
