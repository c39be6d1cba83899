import Crypto
import Foundation
import Identity
import Logging
import Storage

/// Authentication on a database file of its own, with one key and one token that are known to it.
struct SampleServices {
    let authenticator: Authenticator
    /// An API key.
    let key: String
    /// A JSON Web Token, signed with a shared secret.
    let token: String
    let logger: Logger
    private let database: any SQLDatabase
    private let directory: URL

    static func open() async throws -> SampleServices {
        let name = "martlet-micro-\(UUID().uuidString)"
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent(name)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let logger = Logger(label: "micro-benchmarks") { _ in SwiftLogNoOpLogHandler() }
        let secret = SymmetricKey(size: .bits256)
        let keySet = directory.appendingPathComponent("keys.json")
        try Data(keySetText(secret).utf8).write(to: keySet)

        let database = try await SQLiteDatabase.open(path: directory.path + "/sample.db")
        try await Migrator().migrate(database)
        let issuer = JWTIssuer(issuer: issuerName, keys: .file(keySet.path), algorithms: [.hs256])
        let identity = try await IdentityServices.open(
            database: database, masterKey: MasterKey(), issuers: [issuer], logger: logger)
        try await identity.tenants.ensure([
            TenantDraft(id: SamplePolicy.tenant, name: "Acme", plan: "standard", timezone: "UTC")
        ])
        let issued = try await identity.keys.create(KeyDraft(tenant: SamplePolicy.tenant, name: "sample"))
        return SampleServices(
            authenticator: identity.authenticator, key: issued.text, token: token(secret), logger: logger,
            database: database, directory: directory)
    }

    func close() async {
        await database.close()
    }

    func removeFiles() {
        try? FileManager.default.removeItem(at: directory)
    }

    // MARK: The token

    private static let issuerName = "https://issuer.example"

    private static func keySetText(_ secret: SymmetricKey) -> String {
        #"{"keys":[{"kty":"oct","kid":"sample","alg":"HS256","k":"\#(encoded(secret.withUnsafeBytes { Data($0) }))"}]}"#
    }

    private static func token(_ secret: SymmetricKey) -> String {
        let expiry = Timestamp.now().milliseconds / 1000 + 86_400
        let header = #"{"alg":"HS256","typ":"JWT","kid":"sample"}"#
        let claims = #"{"iss":"\#(issuerName)","sub":"ana","tenant":"\#(SamplePolicy.tenant)","exp":\#(expiry)}"#
        let signed = encoded(Data(header.utf8)) + "." + encoded(Data(claims.utf8))
        let signature = HMAC<SHA256>.authenticationCode(for: Data(signed.utf8), using: secret)
        return signed + "." + encoded(Data(signature))
    }

    /// Base64 as tokens have it (RFC 7515, section 2).
    private static func encoded(_ data: Data) -> String {
        data.base64EncodedString().replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
            .replacingOccurrences(of: "=", with: "")
    }
}
