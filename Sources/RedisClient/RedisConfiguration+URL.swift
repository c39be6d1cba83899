extension RedisConfiguration {
    /// Reads `redis://[user:password@]host[:port][,host[:port]…][/database][?option=value&…]`; `rediss://` for TLS.
    ///
    /// Without a user name the password follows a colon: `redis://:password@host`. User and password may have
    /// `%` escapes. Options: `master=NAME` (the hosts are sentinels), `ca=FILE` (PEM; `rediss` only). Ports default to
    /// 6379, for sentinels to 26379.
    package init(url: String) throws(RedisURLError) {
        var rest = url[...]
        let usesTLS = rest.removePrefix("rediss://")
        guard usesTLS || rest.removePrefix("redis://") else { throw .scheme }
        let query = rest.cut(atFirst: "?") ?? ""
        let database = rest.cut(atFirst: "/") ?? ""
        let options = try Self.options(query, usesTLS: usesTLS)

        var hosts = rest
        var credentials: Substring?
        if let at = rest.lastIndex(of: "@") {
            credentials = rest[..<at]
            hosts = rest[rest.index(after: at)...]
        }
        guard !hosts.isEmpty else { throw .missingHost }
        var addresses: [RedisAddress] = []
        for part in hosts.split(separator: ",", omittingEmptySubsequences: false) {
            addresses.append(try RedisAddress(part, defaultPort: options.master == nil ? 6379 : 26379))
        }
        self.init(addresses: addresses)
        self.usesTLS = usesTLS
        self.master = options.master
        self.authorityFile = options.authorityFile
        if let credentials { (self.user, self.password) = try Self.credentials(credentials) }
        if !database.isEmpty {
            guard let number = Int32(database), number >= 0, !database.hasPrefix("+") else {
                throw .invalidDatabase(String(database))
            }
            self.database = Int(number)
        }
    }

    private static func credentials(_ text: Substring) throws(RedisURLError) -> (user: String?, password: String) {
        var user = text
        guard let password = user.cut(atFirst: ":"), !password.isEmpty else { throw .missingPassword }
        guard let decodedUser = user.withoutPercentEscapes() else { throw .invalidEscape("user") }
        guard let decodedPassword = password.withoutPercentEscapes() else { throw .invalidEscape("password") }
        return (decodedUser.isEmpty ? nil : decodedUser, decodedPassword)
    }

    private static func options(
        _ query: Substring, usesTLS: Bool
    ) throws(RedisURLError) -> (master: String?, authorityFile: String?) {
        var options: (master: String?, authorityFile: String?)
        for part in query.split(separator: "&") {
            var name = part
            let raw = name.cut(atFirst: "=") ?? ""
            guard name == "master" || name == "ca" else { throw .unknownOption(String(name)) }
            guard let value = raw.withoutPercentEscapes() else { throw .invalidEscape("option \(name)") }
            guard !value.isEmpty else { throw .emptyOption(String(name)) }
            if name == "master" {
                options.master = value
            } else {
                guard usesTLS else { throw .optionNeedsTLS("ca") }
                options.authorityFile = value
            }
        }
        return options
    }
}

extension RedisAddress {
    /// Reads `host`, `host:port`, `[IPv6]` or `[IPv6]:port`.
    init(_ text: Substring, defaultPort: Int) throws(RedisURLError) {
        var host = text
        var port: Substring?
        if text.hasPrefix("[") {
            host = text.dropFirst()
            guard let rest = host.cut(atFirst: "]"), rest.isEmpty || rest.hasPrefix(":") else {
                throw .invalidHost(String(text))
            }
            port = rest.isEmpty ? nil : rest.dropFirst()
        } else {
            port = host.cut(atFirst: ":")
            if host.isEmpty { throw .missingHost }
        }
        let allowed = host.utf8.allSatisfy { $0 > 32 && $0 < 127 && !"/?#@[]\"\\%".utf8.contains($0) }
        guard !host.isEmpty, allowed else { throw .invalidHost(String(text)) }
        guard let port else {
            self.init(host: String(host), port: defaultPort)
            return
        }
        guard let number = UInt16(port), number > 0, !port.hasPrefix("+") else { throw .invalidPort(String(port)) }
        self.init(host: String(host), port: Int(number))
    }
}

extension Substring {
    /// Returns whether the text began with the prefix, which is then gone.
    fileprivate mutating func removePrefix(_ prefix: String) -> Bool {
        guard self.hasPrefix(prefix) else { return false }
        self = self.dropFirst(prefix.count)
        return true
    }

    /// Ends the text before the first such character and returns what followed it; nil without one.
    fileprivate mutating func cut(atFirst separator: Character) -> Substring? {
        guard let place = self.firstIndex(of: separator) else { return nil }
        let rest = self[self.index(after: place)...]
        self = self[..<place]
        return rest
    }

    /// Nil when an escape is not valid or the result is not UTF-8.
    fileprivate func withoutPercentEscapes() -> String? {
        var bytes: [UInt8] = []
        var rest = self.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(Self.hexDigit), let low = rest.popFirst().flatMap(Self.hexDigit)
            else { return nil }
            bytes.append(high << 4 | low)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
