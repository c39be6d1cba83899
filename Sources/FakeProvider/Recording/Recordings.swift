import Foundation
import WireJSON

/// Loads recorded traffic from a folder, for the spec item `case=NAME` and for scripts.
///
/// A case is a folder with `meta.json` (`status`, `content_type`, `response_headers`) and one `response.*` file:
/// `.sse` and `.ndjson` bodies are sent event by event. Its name is its path below the root, such as
/// `anthropic/stream-basic`.
package enum Recordings {
    /// Headers that describe the recorded connection, not the answer.
    private static let transportHeaders: Set<String> = [
        "connection", "content-encoding", "content-length", "keep-alive", "transfer-encoding", "date",
    ]

    /// Reads every case below a folder; blocks while it reads.
    ///
    /// - Throws: when the folder cannot be listed; a case without a readable answer is left out.
    package static func load(directory: String) throws -> [String: ScriptedAnswer] {
        let root = URL(fileURLWithPath: directory, isDirectory: true)
        var cases: [String: ScriptedAnswer] = [:]
        for path in try FileManager.default.subpathsOfDirectory(atPath: directory) where path.hasSuffix("/meta.json") {
            let name = String(path.dropLast("/meta.json".count))
            if let answer = answer(in: root.appendingPathComponent(name, isDirectory: true)) { cases[name] = answer }
        }
        return cases
    }

    private static func answer(in folder: URL) -> ScriptedAnswer? {
        guard let data = try? Data(contentsOf: folder.appendingPathComponent("meta.json")),
            let meta = try? JSONValue(parsing: Array(data)),
            let files = try? FileManager.default.contentsOfDirectory(atPath: folder.path),
            let file = files.sorted().first(where: { $0.hasPrefix("response.") }),
            let body = try? Data(contentsOf: folder.appendingPathComponent(file))
        else { return nil }
        var headers: [FakeHeader] = []
        for (name, value) in meta["response_headers"]?.objectValue ?? [:] {
            guard let text = value.stringValue, !transportHeaders.contains(name.lowercased()) else { continue }
            headers.append(FakeHeader(name, text))
        }
        if headers.first("content-type") == nil, let type = meta["content_type"]?.stringValue {
            headers.append(FakeHeader("content-type", type))
        }
        let isStream = file.hasSuffix(".sse") || file.hasSuffix(".ndjson")
        return ScriptedAnswer(
            status: meta["status"]?.intValue ?? 200, headers: headers, body: Array(body),
            split: isStream ? .events : .whole)
    }
}
