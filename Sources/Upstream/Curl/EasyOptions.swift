import CCurl

/// Sets options on an easy handle and remembers the first failure.
struct EasyOptions {
    let curl: UnsafeMutableRawPointer
    private(set) var failure: CURLcode?

    init(curl: UnsafeMutableRawPointer) {
        self.curl = curl
    }

    mutating func set(_ option: CURLoption, _ value: Int) {
        self.check(martlet_easy_set_long(self.curl, option, value))
    }

    mutating func set(_ option: CURLoption, offset value: Int) {
        self.check(martlet_easy_set_offset(self.curl, option, curl_off_t(value)))
    }

    /// libcurl copies the string.
    mutating func set(_ option: CURLoption, _ value: String?) {
        if let value {
            self.check(martlet_easy_set_string(self.curl, option, value))
        } else {
            self.check(martlet_easy_set_string(self.curl, option, nil))
        }
    }

    mutating func set(_ option: CURLoption, _ value: UnsafeRawPointer?) {
        self.check(martlet_easy_set_pointer(self.curl, option, value))
    }

    mutating func set(_ option: CURLoption, list value: UnsafeMutablePointer<curl_slist>?) {
        self.check(martlet_easy_set_list(self.curl, option, value))
    }

    private mutating func check(_ code: CURLcode) {
        if code != CURLE_OK, self.failure == nil { self.failure = code }
    }
}

extension EasyOptions {
    /// What holds for every request.
    mutating func setConstants(_ configuration: UpstreamConfiguration) {
        self.set(CURLOPT_NOSIGNAL, 1)
        self.set(CURLOPT_TCP_NODELAY, 1)
        self.set(CURLOPT_TCP_KEEPALIVE, 1)
        // Redirects would carry credentials and prompts to hosts nobody configured.
        self.set(CURLOPT_FOLLOWLOCATION, 0)
        self.set(CURLOPT_PROTOCOLS_STR, "http,https")
        // An empty proxy overrides the proxy variables of the environment.
        self.set(CURLOPT_PROXY, "")
        self.set(CURLOPT_NOPROXY, "*")
        self.set(CURLOPT_SSL_VERIFYPEER, 1)
        self.set(CURLOPT_SSL_VERIFYHOST, 2)
        self.set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        if let file = configuration.certificateAuthorityFile {
            self.set(CURLOPT_CAINFO, file)
            self.set(CURLOPT_CAPATH, String?.none)
        }
        self.set(CURLOPT_HTTP_VERSION, Int(configuration.http2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1))
        self.set(CURLOPT_HTTP_CONTENT_DECODING, 0)
        self.set(CURLOPT_USERAGENT, configuration.userAgent)
        self.set(CURLOPT_MAXAGE_CONN, configuration.idleConnectionSeconds)
        self.set(CURLOPT_DNS_CACHE_TIMEOUT, 60)
        // Without it, giving up a call whose name lookup hangs would hang the driver until the resolver gives up.
        self.set(CURLOPT_QUICK_EXIT, 1)
    }

    mutating func setCallbacks(context: UnsafeMutableRawPointer, driver: UnsafeMutableRawPointer) {
        self.check(martlet_easy_set_data_callback(self.curl, CURLOPT_WRITEFUNCTION, CurlCallbacks.write))
        self.check(martlet_easy_set_data_callback(self.curl, CURLOPT_HEADERFUNCTION, CurlCallbacks.header))
        self.check(martlet_easy_set_data_callback(self.curl, CURLOPT_READFUNCTION, CurlCallbacks.read))
        self.check(martlet_easy_set_seek(self.curl, CurlCallbacks.seek))
        self.check(martlet_easy_set_open_socket(self.curl, CurlCallbacks.openSocket))
        self.check(martlet_easy_set_close_socket(self.curl, CurlCallbacks.closeSocket))
        self.check(martlet_easy_set_prerequest(self.curl, CurlCallbacks.preRequest))
        self.check(martlet_easy_set_resolver_start(self.curl, CurlCallbacks.resolverStart))
        for option in [
            CURLOPT_WRITEDATA, CURLOPT_HEADERDATA, CURLOPT_READDATA, CURLOPT_SEEKDATA, CURLOPT_OPENSOCKETDATA,
            CURLOPT_PREREQDATA, CURLOPT_RESOLVER_START_DATA, CURLOPT_PRIVATE,
        ] {
            self.set(option, UnsafeRawPointer(context))
        }
        // A connection outlives the transfer that opened it.
        self.set(CURLOPT_CLOSESOCKETDATA, UnsafeRawPointer(driver))
    }
}
