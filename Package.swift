// swift-tools-version:6.2
import PackageDescription

/// The settings of every target: warnings are errors, and an import says whether it is part of the interface.
let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

/// One layer of the engine: the library and, where it has them, its tests. The dependencies are the arrows of
/// docs/architecture.md.
func layer(
    _ name: String,
    _ dependencies: [Target.Dependency] = [],
    tests: [Target.Dependency]? = nil,
    resources: [Resource]? = nil
) -> [Target] {
    let library = Target.target(
        name: name,
        dependencies: dependencies,
        resources: resources,
        swiftSettings: strict
    )
    guard let tests else { return [library] }
    return [
        library,
        .testTarget(
            name: name + "Tests",
            dependencies: [.byName(name: name)] + dependencies + tests,
            swiftSettings: strict
        ),
    ]
}

/// A feature may use the engine. It may not use another feature; only its tests see several at work together.
func feature(_ name: String, also more: [Target.Dependency] = []) -> [Target] {
    layer(
        name,
        ["Records", "Pages", "FieldKinds", "Identity", "Schema", "Values", "Database", "SQLText", "Expressions"] + more
    )
        + [
            .testTarget(
                name: name + "Tests",
                dependencies: [
                    "Customers", "Sales", "TestSupport", "TestFirm", "Records", "Identity", "Schema", "Values",
                    "Database",
                    "SQLText", "Expressions",
                ] + more + (["Customers", "Sales"].contains(name) ? [] : [.byName(name: name)]),
                swiftSettings: strict
            )
        ]
}

let tracing = Target.Dependency.product(name: "Tracing", package: "swift-distributed-tracing")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let grdb: [Target.Dependency] = [
    .product(name: "GRDB", package: "GRDB.swift"), .product(name: "GRDBSQLite", package: "GRDB.swift"),
]

let engine: [Target] =
    layer("Values", tests: [])
    + layer("Schema", ["Values"], tests: [])
    + layer("SQLText", ["Values"])
    + layer("Ledger", ["Values"], tests: ["TestSupport"])
    + layer("Database", ["SQLText", "Values", "CLibPQ", tracing] + grdb, tests: ["TestSupport"])
    + layer("FieldKinds", ["Schema", "SQLText", "Values", "CPhoneNumber"], tests: [])
    + layer("Expressions", ["FieldKinds", "Schema", "SQLText", "Values"], tests: ["Database", "TestSupport"])
    + layer("Search", ["Database", "SQLText", "Values"], tests: ["TestSupport"])
    + layer("Jobs", ["Database", "SQLText", "Values", tracing], tests: ["TestSupport"])
    + layer("Identity", ["Database", "SQLText", "Values", "CSodium"], tests: ["TestSupport"])
    + layer("Delivery", ["Values", "CCurl", "CSodium"], tests: [])
    + layer(
        "Records",
        ["FieldKinds", "Expressions", "Identity", "Search", "Database", "Schema", "SQLText", "Values"],
        tests: ["TestSupport", "Customers", "Sales"]
    )
    + layer(
        "Exchange",
        [
            "Records", "Files", "FieldKinds", "Expressions", "Identity", "Search", "Database", "Schema", "SQLText",
            "Values", "CZip", "CExpat", "CXLSXWriter",
        ],
        tests: ["TestSupport", "Customers", "Sales"]
    )
    + layer(
        "Duplicates",
        ["Records", "FieldKinds", "Identity", "Search", "Database", "Schema", "SQLText", "Values"],
        tests: ["TestSupport", "Customers", "Sales"]
    )
    + layer(
        "Files",
        ["Records", "Identity", "Database", "Schema", "SQLText", "Values", "CGd", "CZip"],
        tests: ["TestSupport", "Customers", "Sales"]
    )
    + layer(
        "Privacy",
        [
            "Records", "Files", "FieldKinds", "Expressions", "Identity", "Search", "Database", "Schema", "SQLText",
            "Values",
        ],
        tests: ["TestSupport", "Customers", "Sales", "CZip"]
    )
    + layer("Alerts", ["Records", "Identity", "Database", "SQLText", "Values"])
    + layer(
        "Webhooks",
        ["Records", "Delivery", "Identity", "Database", "Schema", "SQLText", "Values"],
        tests: ["TestSupport", "TestFirm", "Alerts", "Customers", "Sales"]
    )
    + layer(
        "Pages",
        ["FieldKinds", "Schema", "Values", "CQREncode"],
        tests: [],
        resources: [.embedInCode("Scripts")]
    )
    + layer(
        "Operations",
        ["Records", "Jobs", "Search", "Database", "SQLText", "Values", "CSodium", "CZstd"],
        tests: ["TestSupport", "Customers", "Sales", "Identity"]
    )

let features: [Target] = feature("Customers") + feature("Sales") + feature("Costing", also: ["Ledger"])

let product: [Target] =
    layer(
        "WebServer",
        [
            "Records", "Exchange", "Alerts", "Jobs", "Duplicates", "Pages", "FieldKinds", "Expressions", "Identity",
            "Search", "Database", "Schema", "SQLText", "Values", "Files", "Privacy", "Webhooks", "CZlib", hummingbird,
            tracing,
            .product(name: "HummingbirdCore", package: "hummingbird"),
            .product(name: "HummingbirdTLS", package: "hummingbird"),
            .product(name: "NIOSSL", package: "swift-nio-ssl"),
            .product(name: "NIOCore", package: "swift-nio"),
            .product(name: "NIOPosix", package: "swift-nio"),
            .product(name: "HTTPTypes", package: "swift-http-types"),
            .product(name: "Logging", package: "swift-log"),
        ]
    )
    + layer(
        "Demo",
        [
            "Records", "Exchange", "Identity", "Database", "Schema", "SQLText", "Values", "Customers", "Sales",
            "Costing", "CZlib",
        ],
        tests: ["TestSupport", "Expressions"]
    )
    + layer(
        "Bench",
        ["Records", "Identity", "Database", "SQLText", "Values"],
        tests: ["TestSupport", "Customers", "Sales", "Search", "Schema"]
    )
    + layer(
        "App",
        [
            "WebServer", "Demo", "Bench", "Alerts", "Customers", "Sales", "Costing", "Ledger", "Records", "Exchange",
            "Jobs", "Duplicates",
            "Identity", "Search", "Database", "Schema", "SQLText", "Expressions", "FieldKinds", "Values", "Pages",
            "Operations", "Files", "Privacy", "Webhooks", "Delivery",
            hummingbird, tracing,
            .product(name: "Logging", package: "swift-log"),
            .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            .product(name: "ArgumentParser", package: "swift-argument-parser"),
        ],
        tests: ["TestSupport"]
    )
    + [
        .executableTarget(name: "kehu", dependencies: ["App"], swiftSettings: strict),
        .target(
            name: "TestSupport",
            dependencies: ["Database", "SQLText", "Values", "CZlib"],
            path: "Tests/TestSupport",
            swiftSettings: strict
        ),
        .target(
            name: "TestFirm",
            dependencies: [
                "Customers", "Sales", "TestSupport", "Records", "Identity", "Schema", "Values", "Database", "SQLText",
            ],
            path: "Tests/TestFirm",
            swiftSettings: strict
        ),
        .testTarget(name: "HouseTests", dependencies: [], swiftSettings: strict),
        .testTarget(
            name: "AcceptanceTests",
            dependencies: [
                "Customers", "Sales", "Exchange", "Alerts", "TestSupport", "Records", "Identity", "Schema", "Search",
                "Values",
                "Database", "SQLText",
            ],
            swiftSettings: strict
        ),
    ]

let package = Package(
    name: "kehu",
    products: [.executable(name: "kehu", targets: ["kehu"])],
    dependencies: [
        // Without the configuration library, which would add much to a clean build.
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: engine + features + product + [
        .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"])]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CGd", providers: [.apt(["libgd-dev"])]),
        .systemLibrary(name: "CQREncode", pkgConfig: "libqrencode", providers: [.apt(["libqrencode-dev"])]),
        .systemLibrary(name: "CZip", pkgConfig: "libzip", providers: [.apt(["libzip-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "CExpat", pkgConfig: "expat", providers: [.apt(["libexpat1-dev"])]),
        .systemLibrary(name: "CXLSXWriter", pkgConfig: "xlsxwriter", providers: [.apt(["libxlsxwriter-dev"])]),
        // Not a system library: libphonenumber speaks C++, so a few lines of it stand between.
        .target(name: "CPhoneNumber", linkerSettings: [.linkedLibrary("phonenumber"), .linkedLibrary("protobuf")]),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)
