// swift-tools-version: 6.2
import PackageDescription

// One list for every target: a setting left out of one target is a bug nobody sees.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),  // SE-0335
    .enableUpcomingFeature("MemberImportVisibility"),  // SE-0444
    .enableUpcomingFeature("InternalImportsByDefault"),  // SE-0409
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),  // SE-0461
    // The compiler proves exclusive access or, in debug builds and so in every test, checks it at run time; in
    // release the check would cost two calls at each access to a class member.
    .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release)),
]

let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")

let package = Package(
    name: "martlet",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "martlet", targets: ["martlet"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-http2", from: "1.46.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.0"),
    ],
    targets: [
        // System libraries, bottom of the graph.
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),

        // Without pkg-config: Debian's file names a flag that the package manager warns of.
        .systemLibrary(name: "CHiredis", providers: [.apt(["libhiredis-dev"])]),

        // Without pkg-config as well: one rule for all of them.
        .systemLibrary(name: "CPostgres", providers: [.apt(["libpq-dev"])]),

        // Takes the place of the C library's malloc in the program that links it; docs/performance.md has what it buys.
        .systemLibrary(name: "CJemalloc", providers: [.apt(["libjemalloc-dev"])]),

        // Pure: no NIO, no I/O.
        .target(name: "WireJSON"),
        .target(name: "Dialects", dependencies: ["WireJSON"]),
        .target(name: "Policy", dependencies: ["Dialects", .product(name: "Yams", package: "Yams")]),
        .target(name: "Routing", dependencies: ["Dialects", "Policy"]),
        .target(name: "Prices", dependencies: ["Dialects", "Policy", "WireJSON"]),

        // Effects, one outside system each.
        .target(
            name: "Storage",
            dependencies: [
                "CPostgres", crypto, logging,
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        .target(name: "Outbox"),
        .target(name: "Ledger", dependencies: ["Outbox", "Storage", "WireJSON", logging]),
        .target(
            name: "Identity",
            dependencies: [
                "Storage", "WireJSON", crypto, logging, .product(name: "JWTKit", package: "jwt-kit"),
            ]),
        .target(
            name: "Upstream",
            dependencies: [
                "CCurl", nioCore, nioPosix, logging,
                .product(name: "DequeModule", package: "swift-collections"),
            ]),
        .target(
            name: "RedisClient",
            dependencies: [
                "CHiredis", nioCore, nioPosix, nioSSL, logging, crypto,
                .product(name: "DequeModule", package: "swift-collections"),
            ]),
        .target(
            name: "Limits",
            dependencies: [
                "Policy", "RedisClient", "WireJSON", nioCore, logging, crypto,
                .product(name: "HeapModule", package: "swift-collections"),
                .product(name: "DequeModule", package: "swift-collections"),
            ]),
        // For tests: starts real servers on free ports.
        .target(name: "RedisTesting"),
        .target(name: "PostgresTesting"),
        .target(name: "FakeProvider", dependencies: ["WireJSON", nioCore, nioPosix, nioHTTP1, logging]),

        // The gateway itself.
        .target(
            name: "Gateway",
            dependencies: [
                "Dialects", "Identity", "Ledger", "Limits", "Outbox", "Policy", "Prices", "Routing", "Storage",
                "Upstream", "WireJSON", nioCore, nioHTTP1, logging,
                .product(name: "DequeModule", package: "swift-collections"),
            ]),
        .target(
            name: "Admin",
            dependencies: [
                "Dialects", "Gateway", "WireJSON", nioCore, nioHTTP1, logging,
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
            ]),
        .target(
            name: "Listener",
            dependencies: [
                "Dialects", "Gateway", nioCore, nioPosix, nioHTTP1, logging,
                nioSSL,
                .product(name: "DequeModule", package: "swift-collections"),
            ]),
        .executableTarget(
            name: "martlet",
            dependencies: [
                "Admin", "CJemalloc", "FakeProvider", "Gateway", "Identity", "Ledger", "Limits", "Listener", "Outbox",
                "Policy", "RedisClient",
                "Routing", "Storage",
                "Upstream", "WireJSON", crypto, nioCore, nioPosix, logging,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Hummingbird", package: "hummingbird"),
            ]),

        // Outside Sources, but in this package: it measures what only the package can see.
        .executableTarget(
            name: "micro-benchmarks",
            dependencies: [
                "Dialects", "Gateway", "Identity", "Limits", "Policy", "Prices", "Routing", "Storage", "Upstream",
                "WireJSON",
                nioCore, nioPosix, nioHTTP1, logging, crypto,
            ],
            path: "Benchmarks/Micro"),

        // Rows applied a second and times of queries, on a database it fills: --rows N --database sqlite:PATH|postgres://…
        .executableTarget(
            name: "ledger-benchmark", dependencies: ["Ledger", "PostgresTesting", "Storage", logging],
            path: "Benchmarks/Ledger"),

        .testTarget(name: "WireJSONTests", dependencies: ["WireJSON"]),
        .testTarget(name: "DialectsTests", dependencies: ["Dialects", "WireJSON"]),
        .testTarget(name: "PricesTests", dependencies: ["Dialects", "Policy", "Prices", "WireJSON"]),
        .testTarget(name: "PolicyTests", dependencies: ["Dialects", "Policy"]),
        .testTarget(
            name: "StorageTests",
            dependencies: [
                "PostgresTesting", "Storage", crypto, logging, .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        .testTarget(name: "OutboxTests", dependencies: ["Outbox"]),
        .testTarget(
            name: "LedgerTests",
            dependencies: ["Ledger", "Outbox", "PostgresTesting", "Storage", "WireJSON", crypto, logging]),
        .testTarget(
            name: "IdentityTests",
            dependencies: [
                "Identity", "Storage", crypto, logging, .product(name: "JWTKit", package: "jwt-kit"),
            ]),
        .testTarget(
            name: "UpstreamTests",
            dependencies: [
                "CCurl", "Upstream", nioCore, nioPosix, nioEmbedded, logging,
                nioSSL,
                .product(name: "NIOHTTP2", package: "swift-nio-http2"),
                .product(name: "NIOHPACK", package: "swift-nio-http2"),
            ]),
        .testTarget(
            name: "LimitsTests",
            dependencies: ["Limits", "Policy", "RedisClient", "RedisTesting", nioCore, nioPosix, nioEmbedded, logging]),
        .testTarget(name: "RoutingTests", dependencies: ["Dialects", "Policy", "Routing"]),
        .testTarget(
            name: "RedisClientTests", dependencies: ["RedisClient", "RedisTesting", nioCore, nioPosix, logging]),
        .testTarget(
            name: "FakeProviderTests", dependencies: ["FakeProvider", "WireJSON", nioCore, nioPosix, nioHTTP1]),
        .testTarget(
            name: "GatewayTests",
            dependencies: [
                "Dialects", "FakeProvider", "Gateway", "Identity", "Ledger", "Limits", "Listener", "Policy", "Prices",
                "Routing", "Storage",
                "Upstream",
                "WireJSON", nioCore, nioPosix, nioHTTP1, logging,
            ]),
        .testTarget(
            name: "ListenerTests",
            dependencies: ["Dialects", "Gateway", "Listener", nioCore, nioPosix, nioHTTP1, logging]),
    ]
)

for target in package.targets where target.type != .system && target.type != .plugin {
    target.swiftSettings = (target.swiftSettings ?? []) + strict
}
