import Glibc
import JSONRPC
import Logging
import MediaIO
import RoomModel
import RoomServer
import Testing
import Transport

@Suite("The whole server: signalling and media")
struct WholeServerTests {
    /// A client with signalling and media.
    private struct Client {
        let signaling: SignalingTestClient
        let media: MediaTestPeer
        let mid: String

        func negotiate(_ track: JSONValue?, id: Int64) async throws -> NegotiateResult {
            let offer = try await media.offer()
            let tracks: JSONValue = track.map { [$0] } ?? []
            signaling.request("negotiate", ["sdp": .string(offer), "tracks": tracks], id: id)
            let result = try NegotiateResult(json: try await signaling.response(to: id).get())
            try await media.apply(answer: result.sdp)
            return result
        }
    }

    private static func client(_ userID: String, _ server: RoomServer) async throws -> Client {
        let signaling = try await SignalingTestClient.connect(port: try #require(server.boundPort))
        let nonce = try Challenge(json: try await signaling.notification("challenge")).nonce
        _ = try await signaling.login(
            userID, room: "room1", app: try #require(server.apps.first), nonce: nonce)
        let media = try MediaTestPeer()
        try await media.open()
        let client = Client(signaling: signaling, media: media, mid: try await media.spare())
        // The transport is made right after the login, with a spare section.
        _ = try await client.negotiate(nil, id: 2)
        try await media.until("connected") { $0.isConnected }
        return client
    }

    @Test("one publishes, the other plays: over one TCP and one UDP port of the same number")
    func call() async throws {
        var template = Array("/tmp/zego-room-XXXXXX".utf8CString)
        let directory = try #require(mkdtemp(&template).map { String(cString: $0) })
        defer {
            unlink(directory + "/apps.json")
            rmdir(directory)
        }
        var logger = Logger(label: "test")
        logger.logLevel = .error
        let server = try RoomServer(
            configuration: RoomServerConfiguration(stateDirectory: directory, port: 0, workers: 2), logger: logger)
        try await server.start()
        // The signalling's event loop and two workers.
        let beats = server.heartbeats()
        #expect(beats.count == 3)

        let one = try await Self.client("user1", server)
        let two = try await Self.client("user2", server)
        try await one.media.publish(one.mid, ssrc: 4711, streamID: "stream1")
        let published = try await one.negotiate(
            ["mid": .string(one.mid), "publish": ["streamID": "stream1", "roomID": "room1"]], id: 3)
        #expect(published.tracks == [TrackOutcome(mid: one.mid, errorCode: .success)])
        #expect(try await two.signaling.notification("streamUpdate")["streamList"]?[0]?["streamID"] == "stream1")

        try await two.media.play(two.mid)
        let played = try await two.negotiate(["mid": .string(two.mid), "play": ["streamID": "stream1"]], id: 3)
        #expect(played.tracks == [TrackOutcome(mid: two.mid, errorCode: .success, live: true)])

        for sequence in 0..<50 as Range<UInt16> {
            try await one.media.send(one.mid, sequence: 100 + sequence, payload: [0xF8, 0xFF, UInt8(sequence)])
        }
        try await two.media.until("50 packets") { $0.payloads.count == 50 }
        #expect(await two.media.payloads == (0..<50).map { [0xF8, 0xFF, $0] })
        #expect(try await one.signaling.notification("publishState")["state"] == "live")
        #expect(server.counts.streams == 1)
        #expect(await server.metrics()?.contains("\nzego_room_media_packets_forwarded_total 50\n") ?? false)

        // A second publisher of the same stream is refused, and its section is not touched.
        try await two.media.publish(try await two.media.spare(), ssrc: 5, streamID: "stream1")
        let refused = try await two.negotiate(
            ["mid": "1", "publish": ["streamID": "stream1", "roomID": "room1"]], id: 4)
        #expect(refused.tracks.map(\.errorCode) == [.repetitivePublishStream])

        // What is not SDP is an error of the call, and the session goes on.
        one.signaling.request("negotiate", ["sdp": "not SDP", "tracks": []], id: 4)
        guard case .failure(let error) = try await one.signaling.response(to: 4) else {
            Issue.record("garbage was answered")
            return
        }
        #expect(error.code == 1_000_017)
        #expect(server.counts.streams == 1)

        try await two.media.until("all threads turn") { _ in zip(beats, server.heartbeats()).allSatisfy(<) }

        one.signaling.request("logout", [:], id: 5)
        _ = try await one.signaling.response(to: 5).get()
        #expect(try await two.signaling.notification("streamUpdate")["updateType"] == "delete")
        for client in [one, two] { await client.media.shut() }
        await server.stop()
        for client in [one, two] { await client.media.loop.shutdown() }
    }
}
