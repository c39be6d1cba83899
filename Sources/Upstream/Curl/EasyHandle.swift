import CCurl

/// A libcurl easy handle that is used for one request after another. What never changes is set once; of the rest only
/// what differs from the request before, because each string option costs a copy.
final class EasyHandle {
    let curl: UnsafeMutableRawPointer
    private let errorText: UnsafeMutablePointer<CChar>
    private let share: CurlShare
    private let offersHTTP2: Bool

    // What the handle is set to at the moment.
    private var url = ""
    private var method = ""
    private var sendsBody = false
    private var waitsForConnection = false
    private var connectTimeout = 0
    private var forbidsReuse = false
    private var connectsOnly = false
    /// Kept alive, so that a list at the same address is the same list.
    private var headers: UpstreamHeaders?
    private var extraHeaders: UnsafeMutablePointer<curl_slist>?
    private var lastExtraHeader: UnsafeMutablePointer<curl_slist>?

    /// Bodies up to this size are copied into the handle and leave with the head in one piece; larger ones are read
    /// piece by piece from the request's own memory.
    static let inlineBodyBytes = 64 * 1024

    /// - Parameter context: Handed to every callback; a ``Lane`` that outlives this handle.
    init?(
        configuration: UpstreamConfiguration, share: CurlShare, context: UnsafeMutableRawPointer,
        driver: UnsafeMutableRawPointer
    ) {
        guard let curl = curl_easy_init() else { return nil }
        self.curl = curl
        self.share = share
        self.offersHTTP2 = configuration.http2
        self.errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        self.errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        var options = EasyOptions(curl: curl)
        options.setConstants(configuration)
        options.setCallbacks(context: context, driver: driver)
        options.set(CURLOPT_ERRORBUFFER, UnsafeRawPointer(self.errorText))
        options.set(CURLOPT_SHARE, UnsafeRawPointer(share.pointer))
        guard options.failure == nil else { return nil }
    }

    deinit {
        curl_easy_cleanup(self.curl)
        self.freeExtraHeaders()
        self.errorText.deallocate()
    }

    /// libcurl's own words for what went wrong last.
    var failureText: String {
        String(cString: self.errorText)
    }

    /// Makes the handle ready for a request. nil when it is; else libcurl's reason.
    ///
    /// - Parameter waitsForConnection: Rather wait for a connection under way than open another, in case it turns out
    ///   to be an HTTP/2 one.
    func prepare(_ request: UpstreamRequest, connectTimeout: Int, waitsForConnection: Bool) -> CURLcode? {
        self.errorText[0] = 0
        var options = EasyOptions(curl: self.curl)
        if self.url != request.url {
            options.set(CURLOPT_URL, request.url)
            self.url = request.url
        }
        if self.connectTimeout != connectTimeout {
            options.set(CURLOPT_CONNECTTIMEOUT_MS, connectTimeout)
            self.connectTimeout = connectTimeout
        }
        if self.forbidsReuse {
            options.set(CURLOPT_FORBID_REUSE, 0)
            self.forbidsReuse = false
        }
        if self.waitsForConnection != waitsForConnection {
            options.set(CURLOPT_PIPEWAIT, waitsForConnection ? 1 : 0)
            self.waitsForConnection = waitsForConnection
        }
        self.setConnectsOnly(false, &options)
        self.setMethod(request, &options)
        self.setHeaders(request, &options)
        options.set(CURLOPT_FRESH_CONNECT, request.needsFreshConnection ? 1 : 0)
        if self.sendsBody { self.setBody(request.body, &options) }
        if options.failure != nil {
            // Half set: forget what we believe about it.
            self.url = ""
            self.method = ""
            self.connectTimeout = 0
        }
        return options.failure
    }

    /// Makes the handle ready to open a connection for the driver, and nothing more. nil when it is; else libcurl's
    /// reason.
    func prepareToConnect(_ url: String, connectTimeout: Int) -> CURLcode? {
        self.errorText[0] = 0
        var options = EasyOptions(curl: self.curl)
        options.set(CURLOPT_URL, url)
        self.url = url
        options.set(CURLOPT_CONNECTTIMEOUT_MS, connectTimeout)
        self.connectTimeout = connectTimeout
        options.set(CURLOPT_FORBID_REUSE, 0)
        self.forbidsReuse = false
        self.setConnectsOnly(true, &options)
        return options.failure
    }

    /// Who speaks HTTP/1.1 must not let TLS agree on HTTP/2.
    private func setConnectsOnly(_ connectsOnly: Bool, _ options: inout EasyOptions) {
        guard self.connectsOnly != connectsOnly else { return }
        self.connectsOnly = connectsOnly
        options.set(CURLOPT_CONNECT_ONLY, connectsOnly ? 1 : 0)
        let version = connectsOnly || !self.offersHTTP2 ? CURL_HTTP_VERSION_1_1 : CURL_HTTP_VERSION_2TLS
        options.set(CURLOPT_HTTP_VERSION, Int(version))
    }

    /// Lets go of the request's body, which may be a secret and may be large.
    func finish() {
        guard self.sendsBody else { return }
        _ = martlet_easy_set_pointer(self.curl, CURLOPT_POSTFIELDS, nil)
    }

    /// To be called before a transfer is given up: no other transfer is to find the connection, unless one uses it.
    /// Safe inside callbacks.
    func closeConnectionUnlessShared() {
        guard !self.forbidsReuse, martlet_easy_set_long(self.curl, CURLOPT_FORBID_REUSE, 1) == CURLE_OK else { return }
        self.forbidsReuse = true
    }

    /// Sends what waits in the buffer of the HTTP/2 connection. Of all libcurl offers, only the end of a pause does
    /// that without anything else happening; so this is a pause that ends at once.
    func flushConnection() {
        guard curl_easy_pause(self.curl, CURLPAUSE_RECV) == CURLE_OK else { return }
        curl_easy_pause(self.curl, CURLPAUSE_CONT)
    }

    private func setMethod(_ request: UpstreamRequest, _ options: inout EasyOptions) {
        let sendsBody = request.method == "POST" || !request.body.isEmpty
        guard self.method != request.method || self.sendsBody != sendsBody else { return }
        self.method = request.method
        self.sendsBody = sendsBody
        let isCustom = !["GET", "HEAD", "POST"].contains(request.method)
        options.set(CURLOPT_CUSTOMREQUEST, isCustom || (sendsBody && request.method != "POST") ? request.method : nil)
        if sendsBody {
            options.set(CURLOPT_POST, 1)
        } else {
            options.set(CURLOPT_HTTPGET, 1)
            if request.method == "HEAD" { options.set(CURLOPT_NOBODY, 1) }
        }
    }

    private func setBody(_ body: [UInt8], _ options: inout EasyOptions) {
        options.set(CURLOPT_POSTFIELDSIZE_LARGE, offset: body.count)
        if body.isEmpty {
            options.set(CURLOPT_COPYPOSTFIELDS, "")
        } else if body.count <= Self.inlineBodyBytes {
            body.withUnsafeBytes { options.set(CURLOPT_COPYPOSTFIELDS, $0.baseAddress) }
        } else {
            options.set(CURLOPT_POSTFIELDS, UnsafeRawPointer?.none)  // The read callback supplies it.
        }
    }

    private func setHeaders(_ request: UpstreamRequest, _ options: inout EasyOptions) {
        let hadExtra = self.extraHeaders != nil
        if request.extraHeaders.isEmpty {
            guard hadExtra || self.headers !== request.headers else { return }
            options.set(CURLOPT_HTTPHEADER, list: request.headers.list)
            self.freeExtraHeaders()
        } else {
            let previous = self.extraHeaders
            let previousLast = self.lastExtraHeader
            self.extraHeaders = nil
            self.appendExtraHeaders(request)
            options.set(CURLOPT_HTTPHEADER, list: self.extraHeaders ?? request.headers.list)
            previousLast?.pointee.next = nil
            curl_slist_free_all(previous)
        }
        self.headers = request.headers
    }

    /// Builds the extra nodes and hangs the shared list, which stays untouched, behind the last of them.
    private func appendExtraHeaders(_ request: UpstreamRequest) {
        for header in request.extraHeaders {
            // Checked on submission.
            guard let line = try? UpstreamHeaders.line(name: header.name, value: header.value),
                let list = curl_slist_append(self.extraHeaders, line)
            else { continue }
            self.extraHeaders = list
        }
        var last = self.extraHeaders
        while let next = last?.pointee.next { last = next }
        last?.pointee.next = request.headers.list
        self.lastExtraHeader = last
    }

    private func freeExtraHeaders() {
        self.lastExtraHeader?.pointee.next = nil
        curl_slist_free_all(self.extraHeaders)
        self.extraHeaders = nil
        self.lastExtraHeader = nil
    }
}
