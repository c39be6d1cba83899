import Dialects
import Foundation
import Testing
import WireJSON

/// One recorded exchange with a provider. The recordings live outside the repository: where the folder
/// is absent, ``areAvailable`` is false and every list is empty.
///
///     @Test(.enabled(if: Fixture.areAvailable), arguments: Fixture.all("groq", "openai"))
///     func translates(_ fixture: Fixture) throws { … }
struct Fixture: Sendable, CustomTestStringConvertible {
    let provider: String
    let name: String
    let group: String
    /// The path (and query) the request went to.
    let endpoint: String
    let model: String?
    let status: Int
    let streaming: Bool
    let features: [String]
    private let files: [String]

    var testDescription: String { "\(provider)/\(name)" }

    /// The folder in `MARTLET_FIXTURES`, else `../shared/fixtures` beside the package.
    static let folder: URL = {
        if let path = ProcessInfo.processInfo.environment["MARTLET_FIXTURES"] { return URL(fileURLWithPath: path) }
        var root = URL(fileURLWithPath: #filePath)
        for _ in 0..<4 { root.deleteLastPathComponent() }  // Support, DialectsTests, Tests, the file itself
        return root.appendingPathComponent("../shared/fixtures").standardized
    }()

    private static let index: [Fixture] = {
        guard
            let bytes = read(folder.appendingPathComponent("providers/index.json")),
            let cases = (try? JSONValue(parsing: bytes))?["cases"]?.arrayValue
        else { return [] }
        return cases.compactMap(Fixture.init(entry:))
    }()

    static var areAvailable: Bool { !index.isEmpty }

    /// Every case of these providers (all providers if none is named) that `isWanted`.
    static func all(_ providers: String..., where isWanted: (Fixture) -> Bool = { _ in true }) -> [Fixture] {
        index.filter { (providers.isEmpty || providers.contains($0.provider)) && isWanted($0) }
    }

    /// The case `provider/name`.
    static func named(_ path: String) throws -> Fixture {
        try #require(index.first { $0.testDescription == path }, "no fixture \(path)")
    }

    private init?(entry: JSONValue) {
        guard let provider = entry["provider"]?.stringValue, let name = entry["case"]?.stringValue else { return nil }
        self.provider = provider
        self.name = name
        group = entry["group"]?.stringValue ?? ""
        endpoint = entry["endpoint"]?.stringValue ?? ""
        model = entry["model"]?.stringValue
        status = entry["status"]?.intValue ?? 0
        streaming = entry["streaming"]?.boolValue ?? false
        features = entry["features"]?.arrayValue?.compactMap(\.stringValue) ?? []
        files = entry["files"]?.arrayValue?.compactMap(\.stringValue) ?? []
    }

    /// The request body as sent to the provider; nil where it was not recorded.
    var request: [UInt8]? { bytes(of: "request.json") }

    /// The answer's body, whatever its format.
    var response: [UInt8]? {
        files.first { $0.hasPrefix("response.") }.flatMap(bytes(of:))
    }

    /// Recorded answer headers, names lowercased.
    var responseHeaders: [(name: String, value: String)] {
        guard
            let meta = bytes(of: "meta.json").flatMap({ try? JSONValue(parsing: $0) }),
            let headers = meta["response_headers"]?.objectValue
        else { return [] }
        return headers.compactMap { name, value in value.stringValue.map { (name.lowercased(), $0) } }
    }

    /// Status and headers as the gateway would see them.
    var head: AnswerHead { .of(status, responseHeaders) }

    private func bytes(of file: String) -> [UInt8]? {
        guard files.contains(file) else { return nil }
        return Self.read(Self.folder.appendingPathComponent("providers/\(provider)/\(name)/\(file)"))
    }

    private static func read(_ url: URL) -> [UInt8]? {
        (try? Data(contentsOf: url)).map(Array.init)
    }
}
