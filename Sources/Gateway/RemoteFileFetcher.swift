import Dialects
import NIOCore
import Upstream

/// Files that a provider cannot fetch itself.
extension Pipeline {
    /// Bytes of all files of one request. Gemini takes inline data up to 20 MB in one request; more cannot succeed.
    static let remoteFileLimit = 20 << 20
    static let remoteFileCount = 16
    /// Milliseconds that all files of one request may take together.
    static let remoteFileTime = 30_000

    /// Fetches what the dialect asks for, through the guard against private addresses, whatever the provider's own
    /// setting: these URLs come from clients.
    ///
    /// - Parameter total: milliseconds that the client gives its whole request.
    func fetchFiles(
        _ urls: [String], total: Int
    ) async throws(WireError) -> [String: RemoteFile] {
        guard urls.count <= Self.remoteFileCount else {
            throw .invalidRequest(
                "At most \(Self.remoteFileCount) files by URL are fetched for one request; send the others inline.",
                param: "messages")
        }
        var files: [String: RemoteFile] = [:]
        var bytesLeft = Self.remoteFileLimit
        let deadline = NIODeadline.now() + .milliseconds(Int64(min(total, Self.remoteFileTime)))
        for url in urls where files[url] == nil {
            let file = try await fetchFile(url, bytesLeft: bytesLeft, until: deadline)
            bytesLeft -= file.bytes.count
            files[url] = file
        }
        return files
    }

    private func fetchFile(
        _ url: String, bytesLeft: Int, until deadline: NIODeadline
    ) async throws(WireError) -> RemoteFile {
        let left = max(1, Int((deadline - .now()).nanoseconds / 1_000_000))
        let fetched: UpstreamAnswer
        do throws(UpstreamFailure) {
            fetched = try await services.upstream.fetch(
                url: url, maxBytes: max(1, bytesLeft),
                timeouts: UpstreamTimeouts(
                    connect: min(3_000, left), firstByte: min(5_000, left), idle: min(5_000, left), total: left),
                on: eventLoop)
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
