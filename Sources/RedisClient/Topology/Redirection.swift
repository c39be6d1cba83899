/// A cluster node's word that another node has the key
/// (<https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/#redirection-and-resharding>).
struct Redirection: Equatable {
    enum Kind {
        /// For good: the map of slots is out of date.
        case moved
        /// For this command only, which `ASKING` has to precede.
        case ask
    }

    let kind: Kind
    let target: RedisAddress

    /// Reads `MOVED slot host:port` and `ASK slot host:port`; nil for every other error and for anything malformed.
    ///
    /// - Parameter sender: Who answered; its host stands in for one that is not told.
    init?(_ error: RedisServerError, sender: RedisAddress?) {
        switch error.code {
        case "MOVED": self.kind = .moved
        case "ASK": self.kind = .ask
        default: return nil
        }
        let parts = error.message.split(separator: " ")
        guard parts.count == 3, let colon = parts[2].lastIndex(of: ":"),
            let port = UInt16(parts[2][parts[2].index(after: colon)...]), port > 0
        else { return nil }
        let named = parts[2][..<colon]
        guard let host = named.isEmpty || named == "?" ? sender?.host : String(named) else { return nil }
        self.target = RedisAddress(host: host, port: Int(port))
    }
}
