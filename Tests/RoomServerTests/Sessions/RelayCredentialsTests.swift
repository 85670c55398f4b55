import RoomModel
import RoomServer
import Testing

/// What clients are told of TURN servers, and when.
struct RelayCredentialsTests {
    @Test("a login and every negotiation bring credentials for that user, good for a day")
    func loginAndNegotiation() throws {
        let relays = RelayDirectory(turnServers: ["turn:turn.example"], secret: TURNSecret("north"))
        let rig = try SignalingRig(settings: SignalingSettings(relays: relays))
        let client = try rig.client("user1")
        let servers = try #require(client.loginResult?.iceServers)
        #expect(servers.map(\.urls) == [["turn:turn.example"]])
        #expect(servers.map(\.username) == ["1700086400:user1"])
        rig.wallClock.milliseconds += 3_600_000
        #expect(try negotiated(client).iceServers.map(\.username) == ["1700090000:user1"])
    }

    @Test("without a secret a negotiation says nothing of servers")
    func withoutSecret() throws {
        let rig = try SignalingRig()
        let client = try rig.client("user1")
        #expect(try negotiated(client).iceServers.isEmpty)
    }

    private func negotiated(_ client: SignalingRigClient) throws -> NegotiateResult {
        try NegotiateResult(json: client.result("negotiate", NegotiateRequest(sdp: "offer", tracks: []).json))
    }
}
