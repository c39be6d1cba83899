import CCurl

extension EasyHandle {
    /// Complete once the head of the answer is there.
    var timings: UpstreamTimings {
        var timings = UpstreamTimings()
        timings.nameLookup = self.offset(CURLINFO_NAMELOOKUP_TIME_T)
        timings.connect = self.offset(CURLINFO_CONNECT_TIME_T)
        timings.tls = self.offset(CURLINFO_APPCONNECT_TIME_T)
        timings.firstByte = self.offset(CURLINFO_STARTTRANSFER_TIME_T)
        timings.reusedConnection = self.long(CURLINFO_NUM_CONNECTS) == 0
        timings.http2 = self.long(CURLINFO_HTTP_VERSION) == Int(CURL_HTTP_VERSION_2_0)
        return timings
    }

    /// Those of a connection that was opened for the driver.
    var connectTimings: UpstreamTimings {
        var timings = UpstreamTimings()
        timings.nameLookup = self.offset(CURLINFO_NAMELOOKUP_TIME_T)
        timings.connect = self.offset(CURLINFO_CONNECT_TIME_T)
        timings.tls = self.offset(CURLINFO_APPCONNECT_TIME_T)
        return timings
    }

    /// The body's length according to the head; negative when the head does not say.
    var announcedLength: Int { self.offset(CURLINFO_CONTENT_LENGTH_DOWNLOAD_T) }

    /// `errno` of the last failed connection attempt; 0 for none.
    var systemError: Int32 { Int32(truncatingIfNeeded: self.long(CURLINFO_OS_ERRNO)) }

    /// The socket of the connection in use.
    var activeSocket: curl_socket_t {
        var socket = CURL_SOCKET_BAD
        martlet_easy_get_socket(self.curl, &socket)
        return socket
    }

    private func offset(_ info: CURLINFO) -> Int {
        var value: curl_off_t = 0
        martlet_easy_get_offset(self.curl, info, &value)
        return Int(value)
    }

    private func long(_ info: CURLINFO) -> Int {
        var value = 0
        martlet_easy_get_long(self.curl, info, &value)
        return value
    }
}
