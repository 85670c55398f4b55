// swift-tools-version: 6.2
import PackageDescription

// The house: floors, modules and who may import whom are told in Sources/README.md;
// Tests/ArchitectureTests holds that table against this file and against every `import` line.

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

func module(_ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
    .target(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: strict)
}

func executable(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = [], exclude: [String] = [])
    -> Target
{
    .testTarget(name: name, dependencies: dependencies, exclude: exclude, resources: resources, swiftSettings: strict)
}

func systemLibrary(_ name: String, pkgConfig: String, apt: String) -> Target {
    .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([apt])])
}

let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioWebSocket = Target.Dependency.product(name: "NIOWebSocket", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let httpClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let toml = Target.Dependency.product(name: "TOMLKit", package: "TOMLKit")
let orderedCollections = Target.Dependency.product(name: "OrderedCollections", package: "swift-collections")

let package = Package(
    name: "zegod",
    products: [
        .executable(name: "zegod", targets: ["zegod"]),
        .executable(name: "zegoctl", targets: ["zegoctl"]),
        .executable(name: "zego-roomd", targets: ["zego-roomd"]),
        .executable(name: "zego-bench", targets: ["zego-bench"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
    ],
    targets: [
        // Floor 0: module maps and thin shims.
        systemLibrary("CALSA", pkgConfig: "alsa", apt: "libasound2-dev"),
        systemLibrary("COpus", pkgConfig: "opus", apt: "libopus-dev"),
        systemLibrary("COgg", pkgConfig: "ogg", apt: "libogg-dev"),
        systemLibrary("COpenSSL", pkgConfig: "openssl", apt: "libssl-dev"),
        systemLibrary("CSystemd", pkgConfig: "libsystemd", apt: "libsystemd-dev"),
        .target(name: "CSockets"),
        // Its pkg-config file has -D flags, which SwiftPM drops with a warning at every build: all three kinds are told here.
        .target(
            name: "CAudioProcessing",
            cxxSettings: [
                .define("WEBRTC_POSIX"), .define("WEBRTC_AUDIO_PROCESSING_ONLY_BUILD"),
                .unsafeFlags(["-isystem", "/usr/include/webrtc_audio_processing"]),
            ],
            linkerSettings: [.linkedLibrary("webrtc_audio_processing")]),
        .target(name: "CPage"),

        // Floor 1: values.
        module("Transport"),
        module("RTP"),
        module("JSONRPC", [orderedCollections]),
        module("Certificates", ["COpenSSL", "Transport"]),
        module("RoomModel", ["COpenSSL", "JSONRPC", "Transport"]),

        // Floor 2: machines.
        module("WebRTC", ["RTP", "Transport", "Certificates", "COpenSSL"]),
        module("MediaIO", ["Transport", "CSockets"]),
        module(
            "VoiceAudio", ["RTP", "Transport", "MediaIO", "CALSA", "COpus", "COgg", "CAudioProcessing"]),

        // Floor 3: the room server and the engine, and calls without either.
        module("VoiceSimulation", ["VoiceAudio", "RTP", "Transport"]),
        module(
            "RoomServer",
            [
                "WebRTC", "RTP", "MediaIO", "RoomModel", "JSONRPC", "Transport", "Certificates", "COpenSSL", "CPage",
                nioCore, nioPosix, nioHTTP1, nioWebSocket, nioSSL, httpClient, logging,
            ], exclude: ["Page/index.html", "Page/page.js", "Page/page.css"]),
        module(
            "VoiceEngine",
            [
                "VoiceAudio", "WebRTC", "RTP", "MediaIO", "RoomModel", "JSONRPC", "Transport", "Certificates", nioCore,
                nioPosix, nioHTTP1, nioWebSocket, nioSSL, httpClient, logging,
            ]),

        // Floor 4: what scripts talk to.
        module(
            "ControlAPI",
            [
                "VoiceEngine", "RoomServer", "WebRTC", "RoomModel", "JSONRPC", "Transport", "Certificates", "CSystemd",
                nioCore, nioPosix, logging, toml,
            ]),

        // Floor 5: programs.
        executable(
            "zegod",
            [
                "ControlAPI", "VoiceEngine", "RoomServer", "RoomModel", "JSONRPC", "Transport", nioCore, nioPosix,
                logging,
                argumentParser,
            ]),
        executable("zegoctl", ["ControlAPI", "RoomServer", "JSONRPC", argumentParser]),
        executable("zego-roomd", ["ControlAPI", "RoomServer", nioCore, nioPosix, logging, argumentParser]),
        executable(
            "zego-bench",
            [
                "VoiceSimulation", "RoomServer", "RoomModel", "WebRTC", "RTP", "MediaIO", "VoiceAudio", "Transport",
                "JSONRPC", logging, argumentParser,
            ]),

        // Tests.
        tests(
            "ControlAPITests",
            [
                "ControlAPI", "VoiceEngine", "RoomServer", "RoomModel", "JSONRPC", "Transport", "Certificates", nioCore,
                nioPosix,
                logging,
            ]),
        tests("JSONRPCTests", ["JSONRPC"]),
        tests("CertificatesTests", ["Certificates", "Transport"]),
        tests("MediaIOTests", ["MediaIO", "Transport"]),
        tests(
            "VoiceEngineTests",
            [
                "VoiceEngine", "RoomServer", "VoiceAudio", "RoomModel", "JSONRPC", "RTP", "WebRTC", "MediaIO",
                "StallWatch", "Transport", "Certificates", nioCore, nioPosix, logging,
            ]),
        .target(
            name: "NetworkSimulation", dependencies: ["Transport", "RTP", "WebRTC"], path: "Tests/NetworkSimulation",
            swiftSettings: strict),
        // Tells real-time tests whether the machine kept time.
        .target(name: "StallWatch", dependencies: ["Transport"], path: "Tests/StallWatch", swiftSettings: strict),
        tests("RTPTests", ["RTP", "Transport"]),
        // The oracle of the SRTP tests; no module uses it.
        .systemLibrary(
            name: "CSRTP", path: "Tests/CSRTP", pkgConfig: "libsrtp2", providers: [.apt(["libsrtp2-dev"])]),
        tests("WebRTCTests", ["WebRTC", "RTP", "Transport", "NetworkSimulation", "Certificates", "COpenSSL", "CSRTP"]),
        tests("CallTests", ["WebRTC", "RTP", "Transport", "NetworkSimulation"]),
        tests("TransportTests", ["Transport"]),
        tests("RoomModelTests", ["RoomModel", "JSONRPC", "Transport"]),
        tests(
            "RoomServerTests",
            [
                "RoomServer", "RoomModel", "JSONRPC", "Transport", "Certificates", "WebRTC", "RTP", "MediaIO",
                "COpenSSL",
                nioCore, nioPosix, nioHTTP1,
                nioWebSocket, nioSSL, nioEmbedded, logging,
            ], exclude: ["WHIP/Offers"]),
        tests(
            "VoiceAudioTests",
            ["VoiceAudio", "VoiceSimulation", "MediaIO", "RTP", "StallWatch", "Transport", "COgg"], exclude: ["Tools"]),
        tests("ArchitectureTests"),
        tests("SystemTests", ["StallWatch"], exclude: ["Browser/tools", "Rig/tools", "Rig/ztest"]),
    ],
    cxxLanguageStandard: .cxx14
)

// The fuzzers, which `contrib/test --all` builds with all of the code compiled for libFuzzer; nobody else sees them.
if Context.environment["ZEGO_FUZZ"] != nil {
    package.targets += [
        .target(name: "FuzzDriver", path: "Tests/Fuzzing/FuzzDriver"),
        .executableTarget(
            name: "zego-fuzz",
            dependencies: [
                "FuzzDriver", "ControlAPI", "VoiceEngine", "VoiceAudio", "WebRTC", "RTP", "RoomModel", "JSONRPC",
                "Transport", "Certificates",
            ],
            path: "Tests/Fuzzing/zego-fuzz", swiftSettings: strict,
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld"])]),
    ]
}
