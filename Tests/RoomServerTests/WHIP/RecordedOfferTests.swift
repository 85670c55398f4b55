import RoomModel
import RoomServer
import Testing
import Transport
import WebRTC

/// Real offers of other people's stacks: let in as they are, and let in or refused, never worse, when they are damaged.
@Suite("WHIP and WHEP: recorded offers", .timeLimit(.minutes(2)))
struct RecordedOfferTests {
    @Test(
        "every recorded offer is answered with what it asks for", arguments: RecordedOffers.whip + RecordedOffers.whep)
    func accepted(name: String) async throws {
        let offer = try RecordedOffers.text(name)
        try await WHIPRig.run { rig in
            let isWHIP = RecordedOffers.whip.contains(name)
            if !isWHIP { _ = try await rig.create(rig.publishPath("a"), token: rig.token(), offer: SampleOffer().text) }
            let path = isWHIP ? rig.publishPath("a") : rig.playPath("a")
            let reply = try await rig.send(
                "POST", path, token: rig.token("viewer"), type: "application/sdp", body: offer)
            guard reply.status == 201 || !isWHIP else {
                Issue.record("\(reply.status) \(reply.body)")
                return
            }
            // Nobody sends anything on the stream yet, so that a player may be asked to come again.
            guard reply.status == 201 else {
                #expect(reply.status == 409 && reply["Retry-After"] != nil, "\(reply.body)")
                return
            }
            let offered = try SessionDescription(offer)
            let answer = try SessionDescription(reply.body)
            #expect(answer.iceLite && answer.media.count == offered.media.count)
            #expect(answer.media[0].mid == offered.media[0].mid)
            #expect(answer.media[0].opus?.payloadType == offered.media[0].opus?.payloadType)
            #expect(answer.direction(of: answer.media[0]) == (isWHIP ? .recvonly : .sendonly))
            #expect(answer.transport(of: answer.media[0]).setup == .passive)
            // Whose line ends with a space.
            if name == "pion-whip" { #expect(answer.media[0].opus?.feedback == ["transport-cc"]) }
        }
    }

    @Test("damaged offers by HTTP: 201, 400, 409 or 422, with a problem document", arguments: RecordedOffers.all)
    func damagedByHTTP(name: String) async throws {
        let offer = try RecordedOffers.text(name)
        var mutation = OfferMutation(seed: 1, mixing: try RecordedOffers.all.map { try RecordedOffers.text($0) })
        let bodies = (0..<60).map { _ in mutation.damaged(offer) } + OfferMutation.swollen(offer)
        try await WHIPRig.run { rig in
            let token = try rig.token()
            var statuses: [Int: Int] = [:]
            for (number, body) in bodies.enumerated() {
                let path = number % 2 == 0 ? rig.publishPath("a") : rig.playPath("b")
                let begin = MonotonicTime.now()
                let reply = try await rig.send("POST", path, token: token, type: "application/sdp", body: body)
                let took = MonotonicTime.now().nanoseconds(since: begin)
                #expect(took < 5_000_000_000, "no offer keeps a worker busy: \(number)")
                statuses[reply.status, default: 0] += 1
                #expect([201, 400, 409, 422].contains(reply.status), "\(reply.status) \(reply.body)")
                if reply.status != 201 { _ = try reply.problem() }
                guard let location = reply["Location"] else { continue }
                let session = "/" + location.split(separator: "/").dropFirst(2).joined(separator: "/")
                #expect(try await rig.send("DELETE", session, token: token).status == 200)
            }
            #expect((statuses[400] ?? 0) + (statuses[422] ?? 0) > 10, "\(statuses)")
            #expect(rig.server.counts.sessions == 0)
        }
    }

    @Test("damaged offers to the forwarder: an answer that can be read, or an error", arguments: RecordedOffers.all)
    func damagedByNegotiation(name: String) async throws {
        let offer = try RecordedOffers.text(name)
        var mutation = OfferMutation(seed: 2, mixing: try RecordedOffers.all.map { try RecordedOffers.text($0) })
        let rig = try await ForwardingRig()
        let key = try ForwardingRig.key("s")
        var answered = 0
        for number in 0..<300 {
            let session = try await rig.forwarder.makeSession { _ in }
            let use = number % 2 == 0 ? TrackRequest.Use.publish(key) : .play(key)
            let tracks = ["0", "audio0", "1"].map { TrackRequest(mid: $0, use: use) }
            // A second offer meets what the first has left.
            for body in [number % 3 == 0 ? offer : mutation.damaged(offer), mutation.damaged(offer)] {
                do throws(ForwarderError) {
                    let result = try await rig.forwarder.negotiate(session, offer: body, tracks: tracks)
                    #expect((try? SessionDescription(result.answer)) != nil, "\(result.answer)")
                    answered += 1
                } catch {
                    guard case .faultyOffer = error else {
                        Issue.record("\(error)")
                        continue
                    }
                }
            }
            await rig.forwarder.close(session)
        }
        #expect(answered > 50)
        #expect(await rig.forwarder.statistics().sessions == 0)
        await rig.forwarder.stop()
    }
}
