import FoundationEssentials
import Glibc
import Logging
import RoomModel
import RoomServer
import Testing
import Transport
import VoiceEngine

/// A room server in this process on a free port of the loopback interface, and engines that use it.
final class TestBed: Sendable {
    let directory: String
    let credentials: AppCredentials
    let server: RoomServer
    let port: UInt16
    private let logger: Logger

    /// - Parameters:
    ///   - port: 0 for any free one.
    ///   - advertise: where clients are to send media, instead of the server's own port.
    init(
        port: UInt16 = 0, directory: String? = nil, credentials: AppCredentials? = nil, advertise: [String] = [],
        certificateFiles: CertificateFiles? = nil, adjust: (inout RoomServerConfiguration) -> Void = { _ in }
    ) async throws {
        var template = Array("/tmp/voice-engine-XXXXXX".utf8CString)
        self.directory = try directory ?? String(cString: #require(mkdtemp(&template)))
        mkdir(self.directory + "/media", 0o700)
        var random = RandomSource.system
        self.credentials = try credentials ?? AppCredentials(random: &random)
        var logger = Logger(label: "test")
        logger.logLevel = getenv("ZEGO_TEST_LOG") == nil ? .critical : .debug
        self.logger = logger
        var configuration = RoomServerConfiguration(
            stateDirectory: self.directory, port: port, advertise: advertise, certificateFiles: certificateFiles,
            fixedApplications: [self.credentials], departureTimeoutMs: 9000, workers: 1)
        adjust(&configuration)
        server = try RoomServer(configuration: configuration, logger: logger)
        try await server.start()
        self.port = try #require(server.boundPort)
    }

    /// An engine, started; `port` where it is to reach the server by another way.
    func engine(
        input: String = "null", output: String = "null", port: UInt16? = nil, window: Double = 1200,
        adjust: (inout EngineConfiguration) -> Void = { _ in }
    ) async throws -> (engine: VoiceEngine, events: EventRecorder) {
        let events = EventRecorder()
        var configuration = EngineConfiguration(
            appID: credentials.appID.rawValue, appSign: credentials.appSign.hexadecimal,
            server: "ws://127.0.0.1:\(port ?? self.port)", filesDirectory: directory + "/media")
        configuration.audioInput = input
        configuration.audioOutput = output
        configuration.realtimePriority = 0
        configuration.retryWindowSeconds = window
        adjust(&configuration)
        let engine = try VoiceEngine(configuration: configuration, logger: logger) { events.take($0) }
        try await engine.start()
        return (engine, events)
    }

    func user(_ name: String) throws -> User { try User(userID: UserID(name)) }

    /// Logged in to `room1` and told of users.
    func login(_ engine: VoiceEngine, _ name: String) async throws {
        let outcome = try await engine.loginRoom(
            roomID: "room1", user: user(name), config: LoginConfig(isUserStatusNotify: true), wait: .seconds(10))
        #expect(outcome.errorCode == 0)
    }

    /// - Parameter keepsDirectory: for another server that goes on with it.
    func stop(keepsDirectory: Bool = false) async {
        await server.stop()
        if !keepsDirectory { try? FileManager.default.removeItem(atPath: directory) }
    }
}
