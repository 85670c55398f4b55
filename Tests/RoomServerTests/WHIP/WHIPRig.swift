import Logging
import RoomModel
import RoomServer
import Testing
import Transport

/// A whole room server with one application, and HTTP requests to it.
struct WHIPRig {
    let server: RoomServer
    let app: AppCredentials
    let port: UInt16

    static func run(
        limits: ConnectionLimits = ConnectionLimits(), relays: RelayDirectory = RelayDirectory(),
        certificateFiles: CertificateFiles? = nil,
        _ test: (WHIPRig) async throws -> Void
    ) async throws {
        var random = RandomSource.system
        let app = try AppCredentials(random: &random)
        let configuration = RoomServerConfiguration(
            stateDirectory: "/nonexistent", port: 0, certificateFiles: certificateFiles, fixedApplications: [app],
            workers: 2, relays: relays, connectionLimits: limits)
        var logger = Logger(label: "test")
        logger.logLevel = .error
        let server = try RoomServer(configuration: configuration, logger: logger)
        try await server.start()
        let rig = WHIPRig(server: server, app: app, port: try #require(server.boundPort))
        do {
            try await test(rig)
        } catch {
            await server.stop()
            throw error
        }
        await server.stop()
    }

    func token(_ user: String = "encoder", privileges: TokenPrivileges? = nil) throws -> String {
        var random = RandomSource.system
        let now = MachineClock.seconds
        let token = try Token04(
            appID: app.appID, userID: UserID(user), now: now, lifetimeSeconds: 600, privileges: privileges,
            random: &random)
        return try token.sealed(with: app.serverSecret, random: &random)
    }

    func publishPath(_ stream: String, room: String = "room1") -> String { "/whip/\(app.appID)/\(room)/\(stream)" }
    func playPath(_ stream: String) -> String { "/whep/\(app.appID)/\(stream)" }

    /// One exchange. Nil values leave a usual header out.
    func send(
        _ method: String, _ path: String, token: String? = nil, type: String? = nil, body: String? = nil,
        headers: [(String, String)] = [], isSecure: Bool = false
    ) async throws -> HTTPReply {
        var request = "\(method) \(path) HTTP/1.1\r\nHost: room.example:8790\r\n"
        if let token { request += "Authorization: Bearer \(token)\r\n" }
        if let type { request += "Content-Type: \(type)\r\n" }
        for (name, value) in headers { request += "\(name): \(value)\r\n" }
        if let body { request += "Content-Length: \(body.utf8.count)\r\n" }
        request += "\r\n" + (body ?? "")
        let reply = try HTTPReply(
            try #require(try await RawTestConnection.exchange(request, port: port, isSecure: isSecure)))
        Self.checkCORS(reply)
        return reply
    }

    /// What every reply of WHIP and WHEP has.
    static func checkCORS(_ reply: HTTPReply) {
        #expect(reply["Access-Control-Allow-Origin"] == "*")
        let exposed = reply["Access-Control-Expose-Headers"] ?? ""
        for name in ["Location", "ETag", "Link"] { #expect(exposed.contains(name)) }
    }

    /// Offers and expects to be let in.
    func create(_ path: String, token: String, offer: String) async throws -> WHIPTestSession {
        let reply = try await send("POST", path, token: token, type: "application/sdp", body: offer)
        try #require(reply.status == 201, "\(reply.body)")
        let location = try #require(reply["Location"])
        let base = "http://room.example:8790"
        try #require(location.hasPrefix(base + "/"))
        return WHIPTestSession(
            rig: self, path: String(location.dropFirst(base.count)), token: token,
            entityTag: try #require(reply["ETag"]), answer: reply.body)
    }
}
