// swift-tools-version:6.2

import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

/// Makes the released binary smaller (docs/performance.md, "Size of the binary"): nothing looks up its symbols at run time,
/// and addresses that its place in memory decides are listed in a compact form, which the usual linker does not know.
let smaller = ["-use-ld=lld", "-Xlinker", "--no-export-dynamic", "-Xlinker", "-z", "-Xlinker", "pack-relative-relocs"]

/// Says what is in it, for `scripts/bench size`. On the command line the option would build everything anew.
let map = Context.environment["PLACET_LINK_MAP"].map { ["-Xlinker", "-Map=\($0)"] } ?? []

/// The settings of a module of ours, with its place in the house: `scripts/layers` reads it from here.
func settings(layer: String) -> [SwiftSetting] { settings + [.define("LAYER_\(layer)")] }

/// A module of ours: one folder under Sources.
func module(_ name: String, layer: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings(layer: layer))
}

/// One subject, usable alone. Imports no other module of ours.
func shelf(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    module(name, layer: "SHELF", dependencies)
}

/// What several resources need from more than one shelf. Imports shelves only.
func secondStorey(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    module(name, layer: "SECOND_STOREY", dependencies)
}

/// The routes of one resource. Imports the storeys below, never another resource.
func resource(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    module(name, layer: "RESOURCE", dependencies)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: settings)
}

/// Tests that send requests to a server without a socket.
func routeTests(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    tests(name, ["TestSupport", "App", "HTTP", "JSON", "Index", .hummingbird, .httpTypes, .nioCore] + dependencies)
}

extension Target.Dependency {
    static let hummingbird = product(name: "Hummingbird", package: "hummingbird")
    static let hummingbirdTesting = product(name: "HummingbirdTesting", package: "hummingbird")
    static let crypto = product(name: "Crypto", package: "swift-crypto")
    static let cryptoExtras = product(name: "CryptoExtras", package: "swift-crypto")
    static let arguments = product(name: "ArgumentParser", package: "swift-argument-parser")
    static let configuration = product(name: "Configuration", package: "swift-configuration")
    static let httpClient = product(name: "AsyncHTTPClient", package: "async-http-client")
    static let httpTypes = product(name: "HTTPTypes", package: "swift-http-types")
    static let metrics = product(name: "CoreMetrics", package: "swift-metrics")
    static let logging = product(name: "Logging", package: "swift-log")
    static let lifecycle = product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
    static let unixSignals = product(name: "UnixSignals", package: "swift-service-lifecycle")
    static let nioCore = product(name: "NIOCore", package: "swift-nio")
    static let nioPosix = product(name: "NIOPosix", package: "swift-nio")
    static let nioEmbedded = product(name: "NIOEmbedded", package: "swift-nio")
    static let nioHTTP1 = product(name: "NIOHTTP1", package: "swift-nio")
    static let nioHTTPTypes = product(name: "NIOHTTPTypes", package: "swift-nio-extras")
    static let nioHTTPTypesHTTP1 = product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras")
}

let package = Package(
    name: "placet",
    products: [.executable(name: "placet", targets: ["placet"])],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", exact: "2.28.1", traits: []),
        .package(url: "https://github.com/apple/swift-crypto.git", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-argument-parser.git", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-configuration.git", exact: "1.4.0", traits: []),
        .package(url: "https://github.com/apple/swift-http-types.git", exact: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log.git", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics.git", exact: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio.git", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras.git", exact: "1.35.2"),
        .package(url: "https://github.com/swift-server/async-http-client.git", exact: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", exact: "2.13.0"),
    ],
    targets: [
        .executableTarget(
            name: "placet",
            dependencies: [
                "App", "API", "HTTP", "JSON", "Store", "Index", "Blobs",
                .arguments, .httpClient, .logging, .nioCore, .nioHTTP1, .nioPosix,
            ],
            swiftSettings: settings(layer: "COMMAND"),
            linkerSettings: [.unsafeFlags(smaller + map, .when(configuration: .release))]
        ),
        module(
            "App",
            layer: "APP",
            [
                "API", "HTTP", "JSON", "Index", "Blobs", "Mail", "MediaTypes", "Multipart", "Prometheus", "Store",
                "Accounts", "Admin", "Agents", "Audit", "Dashboard", "Delivery", "Events", "Files", "MCP", "Messages",
                "Notices",
                "Plugins", "Reference", "Reviews", "Status",
                .hummingbird, .httpTypes, .configuration, .lifecycle, .unixSignals, .logging, .metrics, .nioCore,
                .nioPosix,
            ]
        ),

        // One module per resource. They never import one another.
        resource("Accounts", ["API", "HTTP", "JSON", "Index", .hummingbird, .httpTypes, .crypto, .cryptoExtras]),
        resource("Admin", ["API", "HTTP", "JSON", "Index", "Blobs", "Store", .hummingbird, .logging]),
        resource(
            "Agents",
            ["API", "HTTP", "JSON", "Index", "Multipart", "MediaTypes", .hummingbird, .httpTypes, .nioCore, .nioPosix]
        ),
        resource("Audit", ["API", "HTTP", "JSON", "Index", .hummingbird, .httpTypes, .nioCore]),
        resource("Dashboard", ["API", "HTTP", "JSON", "Markdown", "Zip", "CAssets", .hummingbird, .crypto, .nioCore]),
        resource("Events", ["API", "HTTP", "JSON", "Index", .hummingbird, .httpTypes, .nioCore]),
        resource(
            "Delivery",
            [
                "API", "HTTP", "JSON", "Index", .hummingbird, .httpTypes, .httpClient, .crypto, .logging, .metrics,
                .nioCore, .nioPosix, .nioHTTP1,
            ]
        ),
        resource(
            "Files",
            [
                "API", "HTTP", "JSON", "Index", "Archives", "Blobs", "Lines", "MediaFacts", "MediaTypes", "Multipart",
                "Store",
                "Zip",
                .hummingbird, .httpTypes, .crypto, .nioCore, .nioPosix,
            ]
        ),
        resource("MCP", ["API", "HTTP", "JSON", "Index", "CAssets", .hummingbird, .httpTypes, .crypto, .nioCore]),
        resource("Messages", ["API", "HTTP", "JSON", "Index", "Store", .hummingbird, .httpTypes, .logging]),
        resource(
            "Notices",
            ["API", "HTTP", "JSON", "Index", .hummingbird, .httpTypes, .crypto, .logging, .metrics]
        ),
        resource(
            "Plugins",
            ["API", "HTTP", "JSON", "Index", "CAssets", .hummingbird, .httpTypes, .logging, .nioCore, .nioPosix]
        ),
        resource(
            "Reference",
            [
                "API", "HTTP", "JSON", "Index", "Archives", "Lines", "Multipart", "Store", "CAssets", .hummingbird,
                .crypto,
                .nioCore,
            ]
        ),
        resource("Reviews", ["API", "HTTP", "JSON", "Index", "Store", .hummingbird, .httpTypes]),
        resource(
            "Status",
            ["API", "HTTP", "JSON", "Index", "Prometheus", "Store", .hummingbird, .httpTypes, .metrics, .nioCore]
        ),

        // The second storey: the wire, and what needs the index and the bytes together. It imports shelves only.
        secondStorey("API", ["HTTP", "JSON", "Index", "Archives", "Lines", .hummingbird, .httpTypes, .nioCore]),
        secondStorey("Store", ["Index", "Blobs", "Lines", "MediaTypes", .metrics, .nioCore, .nioPosix]),

        // The shelves. They import neither the resources nor one another.
        shelf("JSON", []),
        shelf(
            "HTTP",
            [
                "CMalloc", .hummingbird, .httpTypes, .crypto, .logging, .metrics,
                .nioCore, .nioPosix, .nioHTTP1, .nioHTTPTypes, .nioHTTPTypesHTTP1,
            ]
        ),
        shelf("Index", ["CPostgreSQL", "CSchema", "CSQLite", "CUtf8proc", .crypto, .metrics]),
        // The schema of the index in SQL, embedded by `#embed`.
        .target(name: "CSchema", exclude: ["0001.sql", "0002.sql", "0003.sql", "postgresql"]),
        shelf(
            "Blobs",
            ["CDeflate", "CSyncfs", .crypto, .httpClient, .metrics, .nioCore, .nioPosix, .nioHTTP1]
        ),
        shelf("Lines", ["CRegex", "CZlib"]),
        shelf("Archives", ["CZlib"]),
        shelf("MediaFacts", []),
        shelf("Multipart", [.nioCore]),
        shelf("MediaTypes", ["CMagic", .nioCore]),
        shelf("Zip", ["CZlib", .nioCore]),
        shelf("Mail", ["CCurl", .nioPosix]),
        shelf("Markdown", ["CMarkdown"]),
        shelf("Prometheus", [.metrics]),
        // Files in their own formats, which `#embed` makes part of the binary; the compiler reads them, SwiftPM need not.
        .target(name: "CAssets", exclude: ["Bridge", "Dashboard", "MCP", "OpenAPI", "Plugins", "Reference"]),
        // libcurl, which is loaded when it is needed; what its functions are like is in its headers.
        .target(name: "CCurl"),
        // libpq, in the same way.
        .target(name: "CPostgreSQL"),
        .systemLibrary(name: "CMagic", pkgConfig: "libmagic", providers: [.apt(["libmagic-dev"])]),
        .systemLibrary(
            name: "CMarkdown",
            pkgConfig: "libcmark-gfm",
            providers: [.apt(["libcmark-gfm-dev", "libcmark-gfm-extensions-dev"])]
        ),
        // RE2, which is in C++, behind three functions of C.
        .target(name: "CRegex", linkerSettings: [.linkedLibrary("re2")]),
        // CRC-32 by the instructions of the processor: several times as fast as zlib's.
        .systemLibrary(name: "CDeflate", pkgConfig: "libdeflate", providers: [.apt(["libdeflate-dev"])]),
        // The settings of the C library's allocator, which the module Glibc leaves out.
        .systemLibrary(name: "CMalloc"),
        // A system call that it leaves out too.
        .systemLibrary(name: "CSyncfs"),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        // Its pkg-config file has a flag that SwiftPM refuses, with a warning.
        .systemLibrary(name: "CUtf8proc", providers: [.apt(["libutf8proc-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),

        // What `scripts/fuzz` runs, on the inputs that were kept.
        .testTarget(
            name: "FuzzTests",
            dependencies: [
                "API", "Archives", "Delivery", "Files", "HTTP", "JSON", "Lines", "Markdown", "MediaFacts", "MediaTypes",
                "Multipart", "Store", .httpTypes, .nioCore,
            ],
            path: "Tests/Fuzz",
            exclude: ["ansi.mjs", "corpus", "dictionaries"],
            swiftSettings: settings
        ),
        tests("LinesTests", ["Lines"]),
        tests("ArchivesTests", ["Archives", "CZlib"]),
        tests("MediaFactsTests", ["MediaFacts"]),
        tests("MultipartTests", ["Multipart", .nioCore]),
        tests("MediaTypesTests", ["MediaTypes", .nioCore], exclude: ["Samples", "make-samples.py", "make-kinds.py"]),
        tests("ZipTests", ["Zip", "CZlib", .nioCore]),
        tests("MailTests", ["Mail", .nioCore, .nioPosix]),
        tests("MarkdownTests", ["Markdown"]),
        tests(
            "BlobsTests",
            ["Blobs", "BlobsSupport", "Prometheus", .nioCore, .nioPosix],
            exclude: ["S3/make-signatures.py", "S3/signatures.txt"]
        ),
        tests("IndexTests", ["Index", "IndexSupport"], exclude: ["schema.sql"]),
        tests("JSONTests", ["JSON"]),
        tests("PrometheusTests", ["Prometheus", .metrics]),
        tests(
            "APITests",
            ["API", "HTTP", "JSON", "Index", .hummingbird, .hummingbirdTesting, .httpTypes, .logging, .nioCore]
        ),
        tests(
            "HTTPTests",
            [
                "HTTP", "JSON", .hummingbird, .hummingbirdTesting, .httpTypes, .crypto, .logging,
                .nioCore, .nioPosix, .nioEmbedded, .nioHTTP1, .nioHTTPTypes, .nioHTTPTypesHTTP1,
            ]
        ),
        tests(
            "StoreTests",
            ["Store", "Index", "IndexSupport", "Blobs", "BlobsSupport", "Lines", "MediaTypes", .nioCore, .nioPosix]
        ),
        // The engines that the bytes of a test may be in.
        .target(name: "BlobsSupport", dependencies: ["Blobs"], path: "Tests/BlobsSupport", swiftSettings: settings),
        // The engines of an index, connections beside the server's, and what looks below its queries.
        .target(
            name: "IndexSupport",
            dependencies: ["Index", "CSQLite"],
            path: "Tests/IndexSupport",
            swiftSettings: settings
        ),
        // The resources, without a socket: TestSupport has the server that they send requests to.
        .target(
            name: "TestSupport",
            dependencies: [
                "App", "Accounts", "HTTP", "JSON", "Index", "IndexSupport", "Blobs",
                .hummingbird, .hummingbirdTesting, .httpTypes, .logging, .nioCore, .nioPosix,
            ],
            path: "Tests/TestSupport",
            swiftSettings: settings
        ),
        routeTests("AccountsTests", ["API", "Accounts", "IndexSupport"]),
        routeTests("AdminTests", ["Admin", "IndexSupport"]),
        routeTests("AgentsTests"),
        routeTests("AuditTests"),
        routeTests("DashboardTests", ["CAssets"]),
        routeTests("DeliveryTests", ["API", "Delivery", "IndexSupport", .logging, .nioHTTP1]),
        routeTests("FilesTests", ["Files", "MediaTypes", "Store", .crypto]),
        routeTests("MCPTests", ["API", "CAssets"]),
        routeTests("MessagesTests", ["Messages"]),
        routeTests("NoticesTests", ["API", "Notices", .crypto, .logging]),
        routeTests("PluginsTests", ["API", "Plugins", .logging, .nioPosix]),
        routeTests("ReferenceTests", ["Reference", "API", "CAssets", .crypto]),
        routeTests("ReviewsTests", ["API", "Reviews"]),
        routeTests("StatusTests", ["Status", "API", "Store"]),
        routeTests(
            "AppTests",
            ["Accounts", "Blobs", "Delivery", "IndexSupport", "Mail", "Plugins", "Store", .logging]
        ),
    ],
    swiftLanguageModes: [.v6],
    cLanguageStandard: .c2x  // Which has #embed.
)
