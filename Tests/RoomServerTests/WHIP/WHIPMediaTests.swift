import MediaIO
import RoomModel
import RoomServer
import Testing
import Transport
import WebRTC

/// A voice through WHIP and WHEP, with ICE restarts on the way.
@Suite("WHIP and WHEP: media")
struct WHIPMediaTests {
    private static func peer() async throws -> (media: MediaTestPeer, mid: String) {
        let media = try MediaTestPeer()
        try await media.open()
        return (media, try await media.spare())
    }

    @Test("what WHIP publishes WHEP plays, before and after an ICE restart of either; a room's users see both")
    func call() async throws {
        try await WHIPRig.run { rig in
            let (publisher, publisherMid) = try await Self.peer()
            let (player, playerMid) = try await Self.peer()
            try await publisher.publish(publisherMid, ssrc: 4711, streamID: "camera")
            let published = try await rig.create(
                rig.publishPath("camera"), token: rig.token("encoder"), offer: publisher.offer())
            try await publisher.apply(answer: published.answer)
            try await publisher.until("publisher connected") { $0.isConnected }
            try await player.play(playerMid)
            let played = try await rig.create(
                rig.playPath("camera"), token: rig.token("player"), offer: player.offer())
            try await player.apply(answer: played.answer)
            try await player.until("player connected") { $0.isConnected }
            let users = await rig.server.snapshot().rooms.first?.users
            #expect(users?.map(\.user.userID.rawValue) == ["encoder", "player"])
            #expect(users?.allSatisfy { $0.connected && $0.isUserStatusNotify } ?? false)

            var sequence: UInt16 = 100
            var expected = 0
            func say() async throws {
                for _ in 0..<20 {
                    try await publisher.send(publisherMid, sequence: sequence, payload: [0xF8, UInt8(sequence & 0xFF)])
                    sequence += 1
                }
                expected += 20
                let count = expected
                try await player.until("\(count) packets") { $0.payloads.count >= count }
            }
            try await say()
            for (peer, mid, session) in [(publisher, publisherMid, published), (player, playerMid, played)] {
                let before = await peer.restarts
                let fragment = try await peer.restartFragment(mid)
                let reply = try await session.patch(fragment, ifMatch: "\"*\"")
                #expect(reply.status == 200 && reply["ETag"] != session.entityTag)
                // Make before break: the old path carries audio while the new one is found.
                try await say()
                try await peer.apply(answer: Self.restarted(session.answer, by: SDPFragment(reply.body)))
                try await peer.until("restarted") { $0.restarts > before }
                try await say()
            }
            #expect(try await published.delete().status == 200)
            #expect(try await played.delete().status == 200)
            #expect(rig.server.counts.rooms == 0)
            for peer in [publisher, player] { await peer.shut() }
            for peer in [publisher, player] { await peer.loop.shutdown() }
        }
    }

    /// The answer that a client makes for itself of the one that it has and a restart's fragment.
    private static func restarted(_ answer: String, by fragment: SDPFragment) throws -> String {
        var description = try SessionDescription(answer)
        let credentials = try #require(fragment.credentials)
        for index in description.media.indices {
            description.media[index].transport.iceUfrag = credentials.ufrag
            description.media[index].transport.icePassword = credentials.password
            description.media[index].candidates = fragment.candidates
        }
        return description.write()
    }

    @Test("a client that says goodbye by DTLS leaves the room")
    func goodbye() async throws {
        try await WHIPRig.run { rig in
            let (publisher, mid) = try await Self.peer()
            try await publisher.publish(mid, ssrc: 4711, streamID: "camera")
            let session = try await rig.create(rig.publishPath("camera"), token: rig.token(), offer: publisher.offer())
            try await publisher.apply(answer: session.answer)
            try await publisher.until("connected") { $0.isConnected }
            await publisher.sayGoodbye()
            let deadline = MonotonicTime.now().advanced(byMilliseconds: 10_000)
            while rig.server.counts.users > 0 {
                try #require(MonotonicTime.now() < deadline, "the publisher stays")
                try await Task.sleep(for: .milliseconds(5))
            }
            #expect(try await session.delete().status == 404)
            await publisher.shut()
            await publisher.loop.shutdown()
        }
    }
}
