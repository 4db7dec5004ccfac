// swift-tools-version:6.2

import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

/// A module of ours: one folder under Sources, the same settings for all.
func module(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: settings)
}

extension Target.Dependency {
    static let hummingbird = product(name: "Hummingbird", package: "hummingbird")
    static let hummingbirdTesting = product(name: "HummingbirdTesting", package: "hummingbird")
    static let grdb = product(name: "GRDB", package: "GRDB.swift")
    static let crypto = product(name: "Crypto", package: "swift-crypto")
    static let cryptoExtras = product(name: "CryptoExtras", package: "swift-crypto")
    static let arguments = product(name: "ArgumentParser", package: "swift-argument-parser")
    static let configuration = product(name: "Configuration", package: "swift-configuration")
    static let httpClient = product(name: "AsyncHTTPClient", package: "async-http-client")
    static let httpTypes = product(name: "HTTPTypes", package: "swift-http-types")
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
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", exact: "2.28.1"),
        .package(url: "https://github.com/groue/GRDB.swift.git", exact: "7.10.0"),
        .package(url: "https://github.com/apple/swift-crypto.git", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-argument-parser.git", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-configuration.git", exact: "1.4.0"),
        .package(url: "https://github.com/apple/swift-http-types.git", exact: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log.git", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio.git", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras.git", exact: "1.35.2"),
        .package(url: "https://github.com/swift-server/async-http-client.git", exact: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", exact: "2.13.0"),
    ],
    targets: [
        .executableTarget(
            name: "placet",
            dependencies: ["App", "HTTP", "JSON", .arguments, .httpClient, .logging, .nioCore, .nioHTTP1],
            swiftSettings: settings
        ),
        module(
            "App",
            [
                "API", "HTTP", "JSON", "Index", "Blobs", "MediaType", "Multipart", "Store", "Accounts", "Agents",
                "Delivery",
                "Events",
                "Files",
                "Messages", "Plugins", "Reference", "Reviews", "Status",
                .hummingbird, .httpTypes, .configuration, .lifecycle, .unixSignals, .logging, .nioCore, .nioPosix,
            ]
        ),

        // One module per resource. They never import one another.
        module("Accounts", ["API", "HTTP", "JSON", "Index", .hummingbird, .httpTypes, .crypto, .cryptoExtras]),
        module(
            "Agents",
            ["API", "HTTP", "JSON", "Index", "Multipart", "MediaType", .hummingbird, .httpTypes, .nioCore, .nioPosix]
        ),
        module("Events", ["API", "HTTP", "Index", .hummingbird, .httpTypes, .nioCore]),
        module(
            "Delivery",
            [
                "API", "HTTP", "JSON", "Index", .hummingbird, .httpClient, .crypto, .logging, .nioCore, .nioPosix,
                .nioHTTP1,
            ]
        ),
        module(
            "Files",
            [
                "API", "HTTP", "JSON", "Index", "Blobs", "Multipart", "MediaType", "Store", "Zip",
                .hummingbird, .httpTypes, .crypto, .nioCore, .nioPosix,
            ]
        ),
        module("Messages", ["API", "HTTP", "JSON", "Index", "Store", .hummingbird, .httpTypes]),
        module(
            "Plugins",
            ["API", "HTTP", "JSON", "Index", "CAssets", .hummingbird, .httpTypes, .logging, .nioCore, .nioPosix]
        ),
        module(
            "Reference",
            ["API", "HTTP", "JSON", "Index", "Multipart", "CAssets", .hummingbird, .crypto, .nioCore]
        ),
        module("Reviews", ["API", "HTTP", "JSON", "Index", .hummingbird, .httpTypes]),
        module("Status", ["API", "HTTP", "JSON", "Index", "Store", .hummingbird, .httpTypes]),

        // The second storey: the wire, and what needs the index and the bytes together. It imports shelves only.
        module("API", ["HTTP", "JSON", .hummingbird, .httpTypes, .nioCore]),
        module("Store", ["Index", "Blobs", "MediaType", .nioCore, .nioPosix]),

        // The shelves. They import neither the resources nor one another.
        module("JSON", []),
        module(
            "HTTP",
            [
                .hummingbird, .httpTypes, .crypto, .logging,
                .nioCore, .nioPosix, .nioHTTP1, .nioHTTPTypes, .nioHTTPTypesHTTP1,
            ]
        ),
        module("Index", ["CSchema", .grdb]),
        // The schema of the index in SQL, embedded by `#embed`.
        .target(name: "CSchema", exclude: ["0001.sql"]),
        module("Blobs", ["CZlib", .crypto, .nioCore, .nioPosix]),
        module("Multipart", [.nioCore]),
        module("MediaType", ["CMagic", .nioCore]),
        module("Zip", ["CZlib", .nioCore]),
        // Files in their own formats, which `#embed` makes part of the binary; the compiler reads them, SwiftPM need not.
        .target(name: "CAssets", exclude: ["OpenAPI", "Plugins", "Reference"]),
        .systemLibrary(name: "CMagic", pkgConfig: "libmagic", providers: [.apt(["libmagic-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),

        tests("MultipartTests", ["Multipart", .nioCore]),
        tests("MediaTypeTests", ["MediaType", .nioCore], exclude: ["Samples", "make-samples.py"]),
        tests("ZipTests", ["Zip", "CZlib", .nioCore]),
        tests("BlobsTests", ["Blobs", .nioCore, .nioPosix]),
        tests("IndexTests", ["Index", .grdb], exclude: ["schema.sql"]),
        tests("JSONTests", ["JSON"]),
        tests("APITests", ["API", "HTTP", "JSON", .hummingbird, .hummingbirdTesting, .httpTypes, .logging, .nioCore]),
        tests(
            "HTTPTests",
            [
                "HTTP", "JSON", .hummingbird, .hummingbirdTesting, .httpTypes, .crypto, .logging,
                .nioCore, .nioPosix, .nioEmbedded, .nioHTTP1, .nioHTTPTypes, .nioHTTPTypesHTTP1,
            ]
        ),
        tests("StoreTests", ["Store", "Index", "Blobs", "MediaType", .grdb, .nioCore, .nioPosix]),
        tests("FilesTests", ["Files", "HTTP", "MediaType", "Store", .httpTypes]),
        tests("PluginsTests", ["Plugins", "HTTP", "JSON", .logging, .nioPosix]),
        tests("ReferenceTests", ["Reference", "API", "CAssets", "HTTP", "JSON"]),
        tests("ReviewsTests", ["Reviews", "HTTP", "JSON", .httpTypes]),
        tests("AccountsTests", ["Accounts", "Index", "HTTP", .crypto, .httpTypes]),
        tests(
            "DeliveryTests",
            ["Delivery", "Index", "HTTP", .nioCore, .nioHTTP1, .hummingbird, .httpTypes, .logging]
        ),
        tests(
            "AppTests",
            [
                "App", "Accounts", "HTTP", "JSON", "Index", "Blobs", "Delivery", "Store",
                .hummingbird, .hummingbirdTesting, .httpTypes, .grdb, .logging, .crypto, .nioCore, .nioPosix,
            ]
        ),
    ],
    swiftLanguageModes: [.v6],
    cLanguageStandard: .c2x  // Which has #embed.
)
