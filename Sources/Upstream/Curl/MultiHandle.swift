import CCurl

/// A libcurl multi handle: a set of running transfers with its own connection pool.
final class MultiHandle {
    /// Place in the driver's table.
    let id: Int
    private unowned let driver: Driver
    private let multi: UnsafeMutableRawPointer

    /// When libcurl wants to be called without any socket being ready; nil for not at all.
    private(set) var timerDue: Int64?
    private(set) var running = 0
    /// When the last transfer ended.
    private(set) var idleSince: Int64 = 0
    /// Running transfers to origins that speak HTTP/2, or may.
    var streams: [Lane] = []
    /// May have finished transfers to collect.
    var isTouched = false

    init?(id: Int, driver: Driver, configuration: UpstreamConfiguration) {
        guard let multi = curl_multi_init() else { return nil }
        self.id = id
        self.driver = driver
        self.multi = multi
        let context = Unmanaged.passUnretained(self).toOpaque()
        let codes = [
            martlet_multi_set_socket(multi, CurlCallbacks.socketChanged, context),
            martlet_multi_set_timer(multi, CurlCallbacks.timerChanged, context),
            martlet_multi_set_long(multi, CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX),
            martlet_multi_set_long(
                multi, CURLMOPT_MAX_CONCURRENT_STREAMS, max(1, configuration.streamsPerConnection)),
            // Counts busy connections too; at the limit every transfer that ends would close its connection.
            martlet_multi_set_long(multi, CURLMOPT_MAXCONNECTS, 4_096),
        ]
        guard codes.allSatisfy({ $0 == CURLM_OK }) else { return nil }
    }

    /// Closes all connections. Not left to `deinit`, because libcurl calls back meanwhile. All easy handles must have
    /// been removed; the object is of no use afterwards.
    func close() {
        curl_multi_cleanup(self.multi)
    }

    func add(_ easy: EasyHandle) -> Bool {
        guard curl_multi_add_handle(self.multi, easy.curl) == CURLM_OK else { return false }
        self.running += 1
        return true
    }

    /// Ends the transfer if it is still running: an HTTP/1.1 connection is closed, an HTTP/2 stream reset.
    func remove(_ easy: EasyHandle, now: Int64) {
        curl_multi_remove_handle(self.multi, easy.curl)
        self.running -= 1
        if self.running == 0 { self.idleSince = now }
    }

    /// Lets libcurl do what is due by time, which includes starting what was added.
    func runTimers() {
        self.timerDue = nil
        self.act(CURL_SOCKET_TIMEOUT, 0)
    }

    func socketReady(_ socket: Int32, _ readiness: Poller.Readiness) {
        self.act(socket, readiness.forCurl)
    }

    private func act(_ socket: Int32, _ readiness: Int32) {
        var running: Int32 = 0
        curl_multi_socket_action(self.multi, socket, readiness, &running)
        self.driver.touched(self)
    }

    /// The next finished transfer and its result.
    func nextDone() -> (lane: Lane, code: CURLcode)? {
        var code = CURLE_OK
        guard let curl = martlet_multi_next_done(self.multi, &code) else { return nil }
        var context: UnsafeMutableRawPointer?
        martlet_easy_get_pointer(curl, CURLINFO_PRIVATE, &context)
        guard let context else { return nil }
        return (Unmanaged<Lane>.fromOpaque(context).takeUnretainedValue(), code)
    }

    func socketChanged(_ socket: Int32, what: Int32) {
        let interest: Poller.Interest =
            what == CURL_POLL_REMOVE ? [] : Poller.Interest(rawValue: UInt8(truncatingIfNeeded: what & 3))
        self.driver.sockets.want(socket, interest, multi: self.id)
    }

    func timerChanged(_ milliseconds: Int) {
        self.timerDue = milliseconds < 0 ? nil : self.driver.now + Int64(milliseconds)
    }
}
