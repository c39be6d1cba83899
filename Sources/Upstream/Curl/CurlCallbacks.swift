import CCurl

/// The C functions libcurl calls. Each only finds the Swift object behind its context and passes the call on.
///
/// The contexts are unretained: lanes and multi handles belong to the driver, which frees them after the libcurl
/// handles that point to them.
enum CurlCallbacks {
    private static func lane(_ context: UnsafeMutableRawPointer?) -> Lane? {
        context.map { Unmanaged<Lane>.fromOpaque($0).takeUnretainedValue() }
    }

    static let write: martlet_data_callback = { bytes, size, count, context in
        guard let lane = CurlCallbacks.lane(context), let bytes else { return 0 }
        return lane.receivedBody(UnsafeRawBufferPointer(start: bytes, count: size &* count))
    }

    static let header: martlet_data_callback = { bytes, size, count, context in
        guard let lane = CurlCallbacks.lane(context), let bytes else { return 0 }
        return lane.receivedHeader(UnsafeRawBufferPointer(start: bytes, count: size &* count))
    }

    static let read: martlet_data_callback = { bytes, size, count, context in
        guard let lane = CurlCallbacks.lane(context), let bytes else { return Int(CURL_READFUNC_ABORT) }
        return lane.supplyBody(UnsafeMutableRawBufferPointer(start: bytes, count: size &* count))
    }

    static let seek: martlet_seek_callback = { context, offset, origin in
        guard let lane = CurlCallbacks.lane(context), origin == 0 else { return CURL_SEEKFUNC_CANTSEEK }
        return lane.rewindBody(to: Int(offset)) ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL
    }

    static let preRequest: curl_prereq_callback = { context, _, _, _, _ in
        guard let lane = CurlCallbacks.lane(context) else { return CURL_PREREQFUNC_ABORT }
        lane.connectionReady()
        return CURL_PREREQFUNC_OK
    }

    static let resolverStart: curl_resolver_start_callback = { _, _, context in
        guard let lane = CurlCallbacks.lane(context) else { return 1 }
        return lane.mayLookUp() ? 0 : 1
    }

    static let openSocket: curl_opensocket_callback = { context, _, address in
        guard let lane = CurlCallbacks.lane(context), let address else { return CURL_SOCKET_BAD }
        return lane.openSocket(address)
    }

    static let closeSocket: curl_closesocket_callback = { context, socket in
        guard let context else { return 1 }
        return Unmanaged<Driver>.fromOpaque(context).takeUnretainedValue().closeSocket(socket)
    }

    static let socketChanged: martlet_socket_callback = { _, socket, what, context, _ in
        guard let context else { return 0 }
        Unmanaged<MultiHandle>.fromOpaque(context).takeUnretainedValue().socketChanged(socket, what: what)
        return 0
    }

    static let timerChanged: martlet_timer_callback = { _, milliseconds, context in
        guard let context else { return 0 }
        Unmanaged<MultiHandle>.fromOpaque(context).takeUnretainedValue().timerChanged(milliseconds)
        return 0
    }
}
