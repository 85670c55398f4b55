import JSONRPC
import NIOHTTP1
import RoomModel
import RoomServer
import Testing

@Suite("Webhooks")
struct WebhookTests {
    /// `name room_or_user_or_stream reason` of each event.
    private static func words(_ events: [WebhookEvent]) -> [String] {
        events.map { event in
            let who = ["stream_id", "user_account", "room_id"].compactMap { event.fields[$0]?.string }.first ?? ""
            let reason = ["type", "reason", "close_reason"].compactMap { event.fields[$0] }.first
            return "\(event.name) \(who)" + (reason.map { " \($0.string ?? $0.description)" } ?? "")
        }
    }

    private static func settings() -> SignalingSettings { SignalingSettings(tellsWebhooks: true) }

    @Test("the life of a room, in order")
    func life() throws {
        let rig = try SignalingRig(settings: Self.settings())
        let anna = try rig.client("anna")
        let ben = try rig.client("ben")
        _ = try anna.publish("voice")
        _ = try anna.result("unpublish", ["streamID": "voice"])
        _ = try ben.publish("bens")
        _ = try ben.result("logout", [:])
        _ = try anna.result("logout", [:])
        #expect(
            Self.words(rig.webhookEvents) == [
                "room_create room1", "room_login anna", "room_login ben", "stream_create voice",
                "stream_close voice 0", "stream_create bens", "stream_close bens 0", "room_logout ben 0",
                "room_logout anna 0", "room_close room1 0",
            ])
        let sessions = rig.webhookEvents.map { $0.fields["room_session_id"] ?? $0.fields["room_seq"] }
        #expect(Set(sessions).count == 1)
        let changes = rig.webhookEvents.compactMap { $0.fields["user_update_seq"]?.string }
        #expect(changes == ["1", "2", "3", "4"])
        #expect(rig.webhookEvents.compactMap { $0.fields["stream_seq"]?.string } == ["1", "2", "3", "4"])
    }

    @Test("why users and streams went")
    func reasons() throws {
        let rig = try SignalingRig(settings: Self.settings())
        let anna = try rig.client("anna")
        let watch = try rig.client("watch")
        _ = try anna.publish("voice")
        let mark = rig.webhookEvents.count
        // Elsewhere, kicked, and gone without a word.
        let again = try rig.client("anna")
        _ = try again.publish("voice")
        let userID = try UserID("anna")
        rig.perform { machine, now in
            _ = machine.kick([userID], appID: nil, roomID: nil, message: nil, now: now)
        }
        let lost = try rig.client("carl")
        lost.lose()
        try rig.advance(milliseconds: 31_000, keeping: [watch])
        let words = Self.words(Array(rig.webhookEvents[mark...])).filter {
            !$0.contains("login") && !$0.contains("create")
        }
        #expect(
            words == [
                "stream_close voice 2", "room_logout anna 3", "stream_close voice 3", "room_logout anna 3",
                "room_logout carl 1",
            ])
    }

    @Test("nothing is made where nobody listens")
    func silence() throws {
        let rig = try SignalingRig()
        let anna = try rig.client("anna")
        _ = try anna.publish("voice")
        #expect(rig.webhookEvents.isEmpty)
    }

    @Test("the signature: SHA-1 of secret, time and nonce, sorted and joined")
    func signature() {
        // printf %s 1499676978350176secret | sha1sum
        #expect(
            WebhookSignature.make(secret: "secret", timestamp: "1499676978", nonce: "350176")
                == "264b7f500b4935a082fef1da1760769245880d7c")
    }

    private static func run(
        _ receiver: WebhookReceiver, adjust: (inout WebhookConfiguration) -> Void = { _ in },
        _ test: (RoomServerRig) async throws -> Void
    ) async throws {
        var webhook = WebhookConfiguration(url: receiver.url, secret: "hush")
        adjust(&webhook)
        try await RoomServerRig.run(webhook: webhook) { rig, _ in try await test(rig) }
        try await receiver.stop()
    }

    @Test("events reach a receiver, signed, and again after it refused them")
    func delivery() async throws {
        let receiver = try await WebhookReceiver()
        receiver.answer([.internalServerError, .badGateway])
        try await Self.run(receiver, adjust: { $0.retryPausesMs = [10, 20, 40] }) { rig in
            _ = try await rig.login("anna")
            try await receiver.wait { $0.count >= 4 }
        }
        let events = receiver.bodies
        // Two came twice, since they were refused at first.
        #expect(events.filter { $0["event"] == "room_create" }.count == 2)
        #expect(Set(events.compactMap { $0["event"]?.string }) == ["room_create", "room_login"])
        for event in events {
            let timestamp = event["timestamp"].map { $0.string ?? $0.description } ?? ""
            #expect(
                event["signature"]?.string
                    == WebhookSignature.make(
                        secret: "hush", timestamp: timestamp, nonce: event["nonce"]?.string ?? ""))
            #expect(event["room_id"] == "room1")
        }
        #expect(Set(events.compactMap { $0["nonce"]?.string }).count == events.count)
    }

    @Test("a receiver that does not answer holds up nobody")
    func silentReceiver() async throws {
        let receiver = try await WebhookReceiver()
        receiver.stopAnswering()
        try await Self.run(receiver) { rig in
            for number in 0..<20 { _ = try await rig.login("user\(number)") }
            try await rig.wait { $0.users == 20 }
            try await receiver.wait { $0.count == 4 }
            let metrics = await rig.server.metrics() ?? ""
            #expect(metrics.contains("\nzego_room_webhooks_delivered_total 0\n"))
        }
    }
}
