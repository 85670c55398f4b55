import JSONRPC
import RoomModel
import RoomServer
import Testing

@Suite("Signalling: publishing and playing")
struct StreamTests {
    @Test("a stream is announced when it is accepted, to others only, and ends with its reason")
    func announcement() throws {
        let rig = try SignalingRig()
        let one = try rig.client("user1", notify: false)
        let two = try rig.client("user2", notify: false)
        _ = (try one.heard(), try two.heard())
        rig.answersOffers = false
        #expect(throws: SignalingRigClient.NoReply.self) { try one.publish("stream1") }
        #expect(try two.heard() == [])
        rig.answerOffers()
        #expect(try two.heard() == ["stream add stream1"])
        #expect(rig.takeMediaCalls() == ["negotiate [publish stream1]"])
        rig.answersOffers = true
        _ = one.response(to: 2)
        #expect(try one.heard() == [])

        _ = try one.result("unpublish", ["streamID": "stream1"])
        #expect(rig.takeMediaCalls() == ["unpublish stream1"])
        #expect(try two.heard() == ["stream delete stream1 1"])
        #expect(one.errorCode("unpublish", ["streamID": "stream1"]) == 1_000_017)
        #expect(rig.machine.counts.streams == 0)
    }

    @Test("tracks are the whole truth: what is not named has ended")
    func wholeTruth() throws {
        let rig = try SignalingRig()
        let one = try rig.client("user1", notify: false)
        let two = try rig.client("user2", notify: false)
        #expect(try one.publish("a") == .success)
        #expect(try one.publish("b") == .success)
        _ = try two.heard()
        let request: JSONValue = [
            "sdp": "offer", "tracks": [["mid": "1", "publish": ["streamID": "b", "roomID": "room1"]]],
        ]
        _ = try one.result("negotiate", request)
        #expect(try two.heard() == ["stream delete a 1"])
        #expect(try two.publish("a") == .success)
    }

    @Test("a streamID is unique in the application: the later publisher fails, even while the first is negotiating")
    func duplicates() throws {
        let rig = try SignalingRig()
        let one = try rig.client("user1")
        let two = try rig.client("user2", room: "room2")
        rig.answersOffers = false
        #expect(throws: SignalingRigClient.NoReply.self) { try one.publish("stream1") }
        rig.answersOffers = true
        // Both offers are answered now; the name was taken by the first.
        #expect(try two.publish("stream1", room: "room2") == .repetitivePublishStream)
        #expect(rig.machine.counts.streams == 1)
        _ = try one.result("logout", [:])
        #expect(try two.publish("stream1", room: "room2") == .success)
    }

    @Test("a stream that is ended while another one is negotiated stays ended, and its name is another's by then")
    func endedMeanwhile() throws {
        let rig = try SignalingRig()
        let one = try rig.client("user1", notify: false)
        let two = try rig.client("user2", notify: false)
        #expect(try one.publish("a") == .success)
        rig.answersOffers = false
        #expect(throws: SignalingRigClient.NoReply.self) { try one.publish("b") }
        _ = try one.result("unpublish", ["streamID": "a"])
        _ = (try one.heard(), try two.heard())
        #expect(throws: SignalingRigClient.NoReply.self) { try two.publish("a") }
        rig.answerOffers()
        #expect(try two.heard() == ["stream add b"])
        #expect(try one.heard() == ["stream add a"])
        #expect(rig.machine.counts.streams == 2)
    }

    @Test("a failed negotiation gives the name back, and so does a track that the media side refuses")
    func failedNegotiation() throws {
        let rig = try SignalingRig()
        let one = try rig.client("user1")
        let two = try rig.client("user2")
        rig.answersOffers = false
        #expect(throws: SignalingRigClient.NoReply.self) { try one.publish("stream1") }
        rig.answerOffers(.failure(ZegoError(.illegalParameter, detail: "faulty")))
        guard case .failure(let error)? = one.response(to: 2) else {
            Issue.record("no error")
            return
        }
        #expect(error.code == 1_000_017)
        #expect(throws: SignalingRigClient.NoReply.self) { try one.publish("stream1") }
        rig.answerOffers(.success(MediaAnswer(sdp: "x", refused: ["0": .illegalParameter])))
        rig.answersOffers = true
        #expect(try two.publish("stream1") == .success)
        #expect(rig.machine.counts.streams == 1)
    }

    @Test("a room that is left while its publish is negotiated gets no stream")
    func leftMeanwhile() throws {
        let rig = try SignalingRig()
        let one = try rig.client("user1")
        try one.login("user1", room: "room2")
        rig.answersOffers = false
        #expect(throws: SignalingRigClient.NoReply.self) { try one.publish("stream1", room: "room2") }
        _ = try one.result("logout", ["roomID": "room2"])
        _ = rig.takeMediaCalls()
        rig.answerOffers()
        #expect(rig.takeMediaCalls() == ["unpublish stream1"])
        #expect(rig.machine.counts.streams == 0)
        rig.answersOffers = true
        #expect(try rig.client("user2").publish("stream1") == .success)
    }

    @Test("one negotiation at a time; limits and rooms are checked for each track")
    func limits() throws {
        let rig = try SignalingRig()
        let one = try rig.client("user1")
        #expect(try one.publish("s", room: "elsewhere") == .roomIDIncorrect)
        for number in 1...4 { #expect(try one.publish("s\(number)") == .success) }
        #expect(try one.publish("s5") == .publishForbidden)
        for number in 1...20 { #expect(try one.play("p\(number)").errorCode == .success) }
        #expect(try one.play("p21").errorCode == .playerCountExceeded)
        #expect(try one.play("p20").errorCode == .illegalParameter)
        #expect(try rig.client("user2").publish("s5") == .success)
        rig.answersOffers = false
        #expect(throws: SignalingRigClient.NoReply.self) { try one.play("p1") }
        #expect(one.errorCode("negotiate", ["sdp": "", "tracks": []]) == 1_000_017)
    }

    @Test("who plays a stream hears when it comes, goes, and what its microphone does")
    func listening() throws {
        let rig = try SignalingRig()
        let one = try rig.client("user1", notify: false)
        let two = try rig.client("user2", room: "room2", notify: false)
        #expect(try two.play("stream1") == TrackOutcome(mid: "0", errorCode: .success, live: false))
        _ = (try one.heard(), try two.heard())
        #expect(try one.publish("stream1") == .success)
        #expect(try two.heard() == ["play stream1 live 0"])
        _ = try one.result("mute", ["streamID": "stream1", "state": "mute"])
        _ = try one.result("mute", ["streamID": "stream1", "state": "mute"])
        #expect(try two.heard() == ["mic stream1 mute"])

        let three = try rig.client("user3", notify: false)
        _ = try three.heard()
        #expect(try three.play("stream1").live == true)
        #expect(try three.heard() == ["mic stream1 mute"])
        _ = try three.result("stopPlay", ["streamID": "stream1"])
        #expect(three.errorCode("stopPlay", ["streamID": "stream1"]) == 1_004_011)
        _ = try one.result("mute", ["streamID": "stream1", "state": "open"])
        #expect(try three.heard() == [])

        _ = try one.result("unpublish", ["streamID": "stream1"])
        #expect(try two.heard() == ["mic stream1 open", "play stream1 gone 0"])
        #expect(try three.heard() == ["stream delete stream1 1"])
    }

    @Test("the publisher hears when its media arrives, and when none does")
    func media() throws {
        let rig = try SignalingRig()
        let one = try rig.client("user1")
        #expect(try one.publish("a") == .success)
        #expect(try one.publish("b") == .success)
        _ = try one.heard()
        // Without a transport nothing is missed.
        try rig.advance(milliseconds: 12_000, keeping: [one])
        #expect(try one.heard() == [])
        rig.media(one.sessionID, .connected)
        rig.media(one.sessionID, .streamStarted(StreamKey(app: rig.app.appID, stream: try StreamID("a"))))
        #expect(try one.heard() == ["publish a live 0"])
        rig.media(one.sessionID, .streamStopped(StreamKey(app: rig.app.appID, stream: try StreamID("a"))))
        try rig.advance(milliseconds: 9_500, keeping: [one])
        #expect(try one.heard() == [])
        try rig.advance(milliseconds: 1000, keeping: [one])
        #expect(try one.heard() == ["publish b gone 1003001"])
        rig.media(one.sessionID, .streamStarted(StreamKey(app: rig.app.appID, stream: try StreamID("b"))))
        #expect(try one.heard() == ["publish b live 0"])
        #expect(rig.machine.counts.streams == 2)
    }

    @Test("candidates go to the media side in order")
    func candidates() throws {
        let rig = try SignalingRig()
        let one = try rig.client("user1")
        _ = try one.result("candidate", ["candidate": "candidate:1"])
        _ = try one.result("candidate", ["endOfCandidates": true])
        #expect(rig.takeMediaCalls() == ["candidate candidate:1", "candidate end"])
    }
}
