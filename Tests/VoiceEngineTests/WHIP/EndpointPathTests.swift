import JSONRPC
import RoomModel
import Testing
import Transport
import VoiceEngine

private typealias Endpoint = ScriptedEndpoint

/// Candidates and ICE restarts of WHIP and WHEP sessions, in virtual time.
struct EndpointPathTests {
    private static func established(_ script: [Endpoint.Answer], connects: Bool = true) throws -> ScriptedEndpoint {
        var endpoint = try Endpoint(script: [Endpoint.created()] + script)
        endpoint.start()
        if connects {
            endpoint.tell { session, now in
                session.mediaConnected(now: now)
                return []
            }
        }
        return endpoint
    }

    // MARK: Candidates

    @Test func candidatesAreToldInOneRequestOnceTheSessionIsThere() throws {
        var endpoint = try Endpoint(script: [.silence, Endpoint.reply(204), Endpoint.reply(204)])
        endpoint.isComplete = false
        endpoint.start()
        endpoint.tell { session, now in session.found(candidate: "candidate:1", now: now) }
        endpoint.tell { session, now in session.found(candidate: "candidate:2", now: now) }
        #expect(endpoint.requests.count == 1)
        endpoint.tell { session, now in
            session.received(
                EndpointResponse(
                    status: 201, headers: [("Location", "/s/1"), ("ETag", "\"e1\"")], body: Endpoint.sdp), to: 1,
                now: now)
        }
        #expect(endpoint.requests.count == 2)
        let patch = endpoint.requests[1]
        #expect(patch.method == .patch && patch.header("If-Match") == "\"e1\"")
        #expect(patch.header("Content-Type") == "application/trickle-ice-sdpfrag")
        #expect(patch.body == #"["candidate:1", "candidate:2"] false"#)
        endpoint.tell { session, now in session.found(candidate: nil, now: now) }
        #expect(endpoint.requests.count == 3 && endpoint.requests[2].body == "[] true")
        endpoint.tell { session, now in session.found(candidate: nil, now: now) }
        #expect(endpoint.requests.count == 3, "the end is told once")
    }

    @Test(arguments: [400, 404, 405, 415, 422, 428, 501])
    func whoTakesNoCandidatesGetsThemAllAtOnceNextTime(_ status: Int) throws {
        var endpoint = try Self.established([Endpoint.reply(status), Endpoint.reply(200)], connects: false)
        endpoint.tell { session, now in session.found(candidate: "candidate:1", now: now) }
        endpoint.tell { session, now in session.found(candidate: "candidate:2", now: now) }
        #expect(endpoint.requests.count == 2 && endpoint.session.refusesCandidates)
        #expect(endpoint.outcome == nil, "there may be a path all the same")
        endpoint.advance(6)
        guard case .postponed = endpoint.outcome else { return #expect(Bool(false)) }
        #expect(endpoint.requests.last?.method == .delete)

        var next = try Endpoint(gathersFully: true, script: [Endpoint.created()])
        next.start()
        #expect(next.requests.isEmpty)
        next.tell { session, now in session.found(candidate: nil, now: now) }
        #expect(next.requests.count == 1)
        var slow = try Endpoint(gathersFully: true, script: [Endpoint.created()])
        slow.start()
        slow.advance(2.1)
        #expect(slow.requests.count == 1, "not for ever")
    }

    @Test func candidatesOfTheServerMayComeInReply() throws {
        var endpoint = try Self.established([Endpoint.reply(200, body: Endpoint.fragment)])
        endpoint.tell { session, now in session.found(candidate: "candidate:1", now: now) }
        #expect(endpoint.did(.addCandidates(fragment: Endpoint.fragment)))
    }

    // MARK: The path

    @Test func withoutAPathTheSessionIsGivenUp() throws {
        var endpoint = try Self.established([Endpoint.reply(200)], connects: false)
        endpoint.advance(19.9)
        #expect(endpoint.outcome == nil)
        endpoint.advance(0.2)
        guard case .postponed(let reason, nil, false) = endpoint.outcome else { return #expect(Bool(false)) }
        #expect(reason.contains("no media path"))
        #expect(endpoint.requests.last?.method == .delete)
    }

    @Test func aLostPathIsFoundByAnICERestart() throws {
        var endpoint = try Self.established([
            Endpoint.reply(200, [("ETag", "\"e2\"")], body: Endpoint.fragment), Endpoint.reply(204),
        ])
        endpoint.advance(60)
        endpoint.tell { session, now in session.mediaDisconnected(now: now) }
        let patch = try #require(endpoint.requests.last)
        #expect(patch.method == .patch && patch.header("If-Match") == "*" && patch.body == "restart")
        #expect(endpoint.did(.applyRestart(fragment: Endpoint.fragment)))
        endpoint.advance(2)
        endpoint.tell { session, now in
            session.mediaConnected(now: now)
            return session.found(candidate: "candidate:5", now: now)
        }
        #expect(endpoint.requests.last?.header("If-Match") == "\"e2\"", "the new entity tag")
        endpoint.advance(600)
        #expect(endpoint.outcome == nil && endpoint.requests.count == 3)
    }

    @Test func restartsAreRepeatedAndThenGivenUp() throws {
        let reply = Endpoint.reply(200, body: Endpoint.fragment)
        var endpoint = try Self.established([reply, reply, reply, Endpoint.reply(200)])
        endpoint.tell { session, now in session.mediaDisconnected(now: now) }
        endpoint.advance(14.9)
        #expect(endpoint.requests.count == 4 && endpoint.outcome == nil)
        endpoint.advance(0.2)
        #expect(endpoint.requests.last?.method == .delete)
        #expect(
            endpoint.outcome
                == .postponed(reason: "the media path to the server is lost", pause: nil, isWaiting: false))
    }

    @Test(arguments: [400, 405, 409, 412, 422, 428, 501])
    func whoTakesNoRestartIsWaitedForAWhile(_ status: Int) throws {
        var endpoint = try Self.established([Endpoint.reply(status), Endpoint.reply(200)])
        endpoint.tell { session, now in session.mediaDisconnected(now: now) }
        #expect(endpoint.did(.rollBackRestart) && endpoint.outcome == nil)
        var back = endpoint
        endpoint.advance(5.1)
        guard case .postponed = endpoint.outcome else { return #expect(Bool(false)) }
        back.advance(4)
        back.tell { session, now in
            session.mediaConnected(now: now)
            return []
        }
        back.advance(60)
        #expect(back.outcome == nil && back.requests.count == 2)
    }

    @Test func aServerThatWasRestartedKnowsNothing() throws {
        for answer in [Endpoint.reply(404), .failure("connection refused", isRefused: true)] {
            var endpoint = try Self.established([answer])
            endpoint.tell { session, now in session.mediaDisconnected(now: now) }
            guard case .postponed = endpoint.outcome else { return #expect(Bool(false)) }
            #expect(endpoint.requests.count == 2, "there is nothing to say goodbye to")
        }
    }

    @Test func aNetworkThatIsAwayIsAskedAgain() throws {
        let away = Endpoint.Answer.failure("no route", isRefused: false)
        var endpoint = try Self.established([away, away, Endpoint.reply(200, body: Endpoint.fragment)])
        endpoint.tell { session, now in session.mediaDisconnected(now: now) }
        endpoint.advance(2.1)
        #expect(endpoint.requests.count == 4 && endpoint.did(.applyRestart(fragment: Endpoint.fragment)))
    }

    @Test func anotherNetworkIsLookedForWhileTheOldOneCarriesOn() throws {
        var endpoint = try Self.established([Endpoint.reply(422)])
        endpoint.tell { session, now in session.networkChanged(now: now) }
        #expect(endpoint.requests.count == 2 && endpoint.did(.rollBackRestart))
        endpoint.advance(60)
        #expect(endpoint.outcome == nil, "the old path is still there")
    }

    @Test func aServerThatClosesTheTransportHasEndedTheSession() throws {
        var endpoint = try Self.established([Endpoint.reply(404)])
        endpoint.tell { session, now in session.mediaClosed(reason: "closed", now: now) }
        #expect(endpoint.outcome == .postponed(reason: "closed", pause: nil, isWaiting: false))
    }

    // MARK: With the streams' own machines

    @Test func aPublisherGoesOnWithoutHaste() throws {
        var random = RandomSource.seeded(7)
        var publisher = Publisher(
            streamID: try StreamID("s"), channel: .main, roomID: nil, whip: "https://h", source: .silence,
            isConnected: false, schedule: RetrySchedule(windowSeconds: 60), now: .zero)
        var now = MonotonicTime.zero
        var attempts = 0
        // A server that takes the stream and breaks it at once, again and again.
        while attempts < 5 {
            #expect(publisher.needsNegotiation(now: now))
            attempts += 1
            #expect(publisher.accepted().isEmpty)
            #expect(publisher.connected(now: now).count == 1 && publisher.state == .publishing)
            let events = publisher.postponed(reason: "broke", pause: nil, now: now, random: &random)
            #expect(events.count == 1 && publisher.state == .publishRequesting)
            #expect(!publisher.needsNegotiation(now: now))
            now = publisher.deadline(now: now)
        }
        #expect(now.nanoseconds(since: .zero) > 5_000_000_000, "five attempts take a while")
        _ = publisher.accepted()
        _ = publisher.connected(now: now)
        now = now.advanced(byMilliseconds: 11_000)
        _ = publisher.postponed(reason: "broke", pause: nil, now: now, random: &random)
        #expect(publisher.needsNegotiation(now: now), "what has lasted is begun anew at once")
        _ = publisher.postponed(reason: "busy", pause: 5_000_000_000, now: now, random: &random)
        #expect(publisher.deadline(now: now) == now.advanced(byMilliseconds: 5000))
        now = now.advanced(byMilliseconds: 60_000)
        #expect(
            publisher.tick(now: now) == [
                .publisherState(
                    streamID: "s", state: .noPublish, errorCode: 1_003_021, extendedData: ["reason": "busy"])
            ])
    }

    @Test func aPlayerWaitsForAStreamAsLongAsItTakes() throws {
        var random = RandomSource.seeded(8)
        var player = Player(
            streamID: try StreamID("s"), roomID: nil, whep: "https://h", slot: 0, sink: .device, volume: 100,
            muted: false, isConnected: false, schedule: RetrySchedule(windowSeconds: 10), now: .zero)
        var now = MonotonicTime.zero
        for _ in 0..<100 {
            #expect(
                player.postponed(isWaiting: true, reason: "409", pause: 2_000_000_000, now: now, random: &random)
                    .isEmpty
            )
            now = player.deadline(now: now)
            #expect(player.tick(now: now).isEmpty && player.needsNegotiation(now: now))
        }
        _ = player.postponed(isWaiting: false, reason: "500", pause: nil, now: now, random: &random)
        now = now.advanced(byMilliseconds: 11_000)
        #expect(
            player.tick(now: now).count == 1 && player.errorCode == 1_004_001, "a server that fails is not waited for")
    }
}
