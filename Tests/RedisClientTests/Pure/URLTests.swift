import RedisClient
import Testing

@Suite("Redis URLs")
struct URLTests {
    @Test("every part is read")
    func allParts() throws {
        let configuration = try RedisConfiguration(
            url: "rediss://us%40er:p%3A%2Fw@a.example:1,b.example,[::1]:3/4?ca=/etc/ca%20x.pem&master=main")
        #expect(
            configuration.addresses == [
                RedisAddress(host: "a.example", port: 1), RedisAddress(host: "b.example", port: 26379),
                RedisAddress(host: "::1", port: 3),
            ])
        #expect(configuration.user == "us@er")
        #expect(configuration.password == "p:/w")
        #expect(configuration.database == 4)
        #expect(configuration.master == "main")
        #expect(configuration.usesTLS)
        #expect(configuration.authorityFile == "/etc/ca x.pem")
    }

    @Test("what is left out has a default")
    func defaults() throws {
        let configuration = try RedisConfiguration(url: "redis://:secret@host")
        #expect(configuration.addresses == [RedisAddress(host: "host", port: 6379)])
        #expect(configuration.user == nil)
        #expect(configuration.password == "secret")
        #expect(configuration.database == 0)
        #expect(configuration.master == nil)
        #expect(!configuration.usesTLS)
        #expect(try RedisConfiguration(url: "redis://[::1]/").addresses == [RedisAddress(host: "::1", port: 6379)])
        #expect(try RedisConfiguration(url: "redis://u:a@b@host").password == "a@b")
    }

    @Test(
        "errors name what is wrong",
        arguments: [
            ("http://host", RedisURLError.scheme),
            ("redis://", .missingHost),
            ("redis:///1", .missingHost),
            ("redis://a,,b", .missingHost),
            ("redis://:1", .missingHost),
            ("redis://a b", .invalidHost("a b")),
            ("redis://[::1", .invalidHost("[::1")),
            ("redis://[::1]x", .invalidHost("[::1]x")),
            ("redis://a:0", .invalidPort("0")),
            ("redis://a:65536", .invalidPort("65536")),
            ("redis://a:", .invalidPort("")),
            ("redis://a:+1", .invalidPort("+1")),
            ("redis://a/x", .invalidDatabase("x")),
            ("redis://a/-1", .invalidDatabase("-1")),
            ("redis://user@a", .missingPassword),
            ("redis://user:@a", .missingPassword),
            ("redis://u:%zz@a", .invalidEscape("password")),
            ("redis://%ff:p@a", .invalidEscape("user")),
            ("redis://a?x=1", .unknownOption("x")),
            ("redis://a?master=", .emptyOption("master")),
            ("redis://a?ca=file", .optionNeedsTLS("ca")),
        ])
    func errors(url: String, expected: RedisURLError) {
        #expect(throws: expected) { try RedisConfiguration(url: url) }
        #expect(!expected.description.isEmpty)
    }

    @Test("no text of an error holds the password")
    func noPassword() {
        for url in ["redis://u:geheim@", "redis://u:geheim%@h", "redis://u:geheim@h:0", "redis://u:geheim@h/x"] {
            let error = #expect(throws: RedisURLError.self) { try RedisConfiguration(url: url) }
            #expect(error?.description.contains("geheim") == false)
        }
    }
}
