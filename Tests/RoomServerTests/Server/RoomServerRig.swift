import Logging
import RoomModel
import RoomServer
import Testing
import Transport

/// A room server on a free port of the loopback with one application, and a stand-in for the media side.
final class RoomServerRig: Sendable {
    let server: RoomServer
    let app: AppCredentials

    private init(server: RoomServer, app: AppCredentials) {
        self.server = server
        self.app = app
    }

    /// Runs a test against a server, and stops it afterwards, whatever happens.
    static func run(
        limits: ConnectionLimits = ConnectionLimits(), departureTimeoutMs: Int = 30_000,
        certificateFiles: CertificateFiles? = nil, listen: String = "127.0.0.1", webhook: WebhookConfiguration? = nil,
        _ test: (RoomServerRig, UInt16) async throws -> Void
    ) async throws {
        var random = RandomSource.system
        let app = try AppCredentials(random: &random)
        var configuration = RoomServerConfiguration(
            stateDirectory: "/nonexistent", listen: listen, port: 0, certificateFiles: certificateFiles,
            fixedApplications: [app], departureTimeoutMs: departureTimeoutMs,
            connectionLimits: limits)
        configuration.webhook = webhook
        var logger = Logger(label: "test")
        logger.logLevel = .error
        let server = try RoomServer(configuration: configuration, logger: logger) { StandInMedia($0) }
        try await server.start()
        let rig = RoomServerRig(server: server, app: app)
        do {
            try await test(rig, try #require(server.boundPort))
        } catch {
            await server.stop()
            throw error
        }
        await server.stop()
    }

    /// A connection with its challenge read.
    func connect() async throws -> (client: SignalingTestClient, nonce: String) {
        let client = try await SignalingTestClient.connect(port: try #require(server.boundPort))
        return (client, try Challenge(json: try await client.notification("challenge")).nonce)
    }

    func login(_ userID: String, room: String = "room1") async throws -> SignalingTestClient {
        let (client, nonce) = try await connect()
        _ = try await client.login(userID, room: room, app: app, nonce: nonce)
        return client
    }

    /// Waits until the server's counts are as wanted.
    func wait(_ condition: (RoomServerCounts) -> Bool) async throws {
        let clock = ContinuousClock()
        let deadline = clock.now.advanced(by: .seconds(10))
        while !condition(server.counts) {
            guard clock.now < deadline else {
                Issue.record("counts stay \(server.counts)")
                return
            }
            try await Task.sleep(for: .milliseconds(2))
        }
    }
}
