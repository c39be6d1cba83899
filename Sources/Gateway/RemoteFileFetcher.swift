import Dialects
import Upstream

/// Files that a provider cannot fetch itself.
extension Pipeline {
    /// Gemini takes inline data up to 20 MB in one request; more than that cannot succeed.
    static let remoteFileLimit = 20 << 20
    static let remoteFileCount = 16

    /// Fetches what the dialect asks for, through the guard against private addresses, whatever the provider's own
    /// setting: these URLs come from clients.
    func fetchFiles(_ call: ClientRequest, _ routed: RoutedTarget) async throws(WireError) -> [String: RemoteFile] {
        let urls = try routed.provider.dialect.remoteFiles(in: call, target: routed.target)
        if urls.isEmpty { return [:] }
        guard urls.count <= Self.remoteFileCount else {
            throw .invalidRequest(
                "At most \(Self.remoteFileCount) files by URL are fetched for one request; send the others inline.",
                param: "messages")
        }
        var files: [String: RemoteFile] = [:]
        for url in urls where files[url] == nil {
            files[url] = try await fetchFile(url)
        }
        return files
    }

    private func fetchFile(_ url: String) async throws(WireError) -> RemoteFile {
        let fetched: UpstreamAnswer
        do throws(UpstreamFailure) {
            fetched = try await services.upstream.fetch(
                url: url, maxBytes: Self.remoteFileLimit, on: eventLoop)
        } catch {
            throw .invalidRequest(
                "The file at \(url.prefix(200)) could not be fetched: \(error.message)", param: "messages",
                code: "invalid_image_url")
        }
        guard (200..<300).contains(fetched.status) else {
            throw .invalidRequest(
                "The file at \(url.prefix(200)) could not be fetched: status \(fetched.status).", param: "messages",
                code: "invalid_image_url")
        }
        guard let type = MediaType.sniff(fetched.body) else {
            throw .invalidRequest(
                "The file at \(url.prefix(200)) is not an image, a PDF or a sound of a known format.",
                param: "messages", code: "invalid_image_url")
        }
        return RemoteFile(mediaType: type, bytes: fetched.body)
    }
}
