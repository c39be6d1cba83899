import CCurl

/// Process-wide set-up of libcurl.
enum CurlLibrary {
    /// Initialises libcurl (and OpenSSL) once, before the first thread uses it. False when that failed.
    static let isReady: Bool = curl_global_init(Int(CURL_GLOBAL_ALL)) == CURLE_OK

    static func describe(_ code: CURLcode) -> String {
        curl_easy_strerror(code).map { String(cString: $0) } ?? "error \(code.rawValue)"
    }
}

/// What all handles of one driver share: resolved names, and TLS sessions, so that a new connection to a known host
/// resumes instead of doing a full handshake. Used on one thread, so libcurl needs no lock functions.
final class CurlShare {
    let pointer: UnsafeMutableRawPointer

    init?() {
        guard let pointer = curl_share_init() else { return nil }
        self.pointer = pointer
        _ = martlet_share_add(pointer, CURL_LOCK_DATA_DNS)
        _ = martlet_share_add(pointer, CURL_LOCK_DATA_SSL_SESSION)
    }

    deinit {
        curl_share_cleanup(self.pointer)
    }
}
