import RoomModel
import Testing
import Transport
import VoiceEngine

private typealias Endpoint = ScriptedEndpoint

/// Sessions with WHIP and WHEP servers in virtual time: each answer that servers give.
struct EndpointSessionTests {
    @Test func theWholeWayThereAndBack() throws {
        var endpoint = try Endpoint(script: [Endpoint.created(), Endpoint.reply(200)])
        endpoint.start()
        let post = try #require(endpoint.requests.first)
        #expect(post.method == .post && post.url.text == "https://h/whip/a" && post.body == "v=0 offer")
        #expect(post.header("Authorization") == "Bearer secret-token")
        #expect(post.header("Content-Type") == "application/sdp")
        #expect(endpoint.did(.apply(answer: Endpoint.sdp)) && endpoint.did(.accepted))
        endpoint.tell { session, now in
            session.mediaConnected(now: now)
            return session.stop()
        }
        let delete = try #require(endpoint.requests.last)
        #expect(delete.method == .delete && delete.url.text == "https://h/s/1")
        #expect(delete.header("Authorization") == "Bearer secret-token" && delete.header("If-Match") == nil)
        #expect(endpoint.outcome == .stopped && endpoint.did(.close))
        #expect(endpoint.requests.count == 2)
        #expect(!"\(endpoint.requests)".contains("secret-token"))
    }

    // MARK: What servers answer to an offer

    /// Status, headers, and whether it is final, waited for, and after what pause.
    @Test(
        arguments: [
            (400, nil, "final"), (404, nil, "final"), (405, nil, "final"), (406, nil, "final"), (410, nil, "final"),
            (413, nil, "final"), (415, nil, "final"), (422, nil, "final"), (401, nil, "credentials"),
            (403, nil, "credentials"), (407, nil, "credentials"), (409, "2", "waits"), (409, nil, "waits"),
            (408, nil, "again"), (425, nil, "again"), (429, "7", "again"), (500, nil, "again"), (501, nil, "again"),
            (502, nil, "again"), (503, "30", "again"), (504, nil, "again"), (300, nil, "final"), (303, nil, "final"),
        ] as [(Int, String?, String)])
    func refusals(_ status: Int, _ retryAfter: String?, _ expected: String) throws {
        for kind in [EndpointKind.whip, .whep] {
            let headers = retryAfter.map { [("Retry-After", $0)] } ?? []
            var endpoint = try Endpoint(
                kind,
                script: [
                    Endpoint.reply(status, headers, body: #"{"title":"No","detail":"because of secret-token"}"#)
                ])
            endpoint.start()
            let outcome = try #require(endpoint.outcome)
            let pause = retryAfter.flatMap { Int64($0) }.map { $0 * 1_000_000_000 }
            switch (expected, outcome) {
            case ("final", .refused(kind == .whip ? .publishFailed : .playFailed, let reason)):
                #expect(status < 400 || reason.contains("\(status)") && reason.contains("because of …"), "\(reason)")
            case ("credentials", .refused(let code, let reason)):
                #expect(code == (kind == .whip ? .publishAuthenticationFailed : .playAuthenticationFailed))
                #expect(reason.contains("because of …"))
            case ("waits", .postponed(_, pause, let isWaiting)): #expect(isWaiting == (kind == .whep))
            case ("again", .postponed(_, pause, false)): break
            default: Issue.record("\(kind) \(status): \(outcome)")
            }
            #expect(!"\(outcome)".contains("secret-token"))
            #expect(endpoint.requests.count == 1, "there is no session to end")
        }
    }

    @Test func whatServedOnceMayBeGoneForAWhile() throws {
        for status in [404, 410] {
            var endpoint = try Endpoint(.whep, wasServed: true, script: [Endpoint.reply(status)])
            endpoint.start()
            guard case .postponed(_, nil, true) = endpoint.outcome else {
                Issue.record("\(status): \(String(describing: endpoint.outcome))")
                continue
            }
        }
    }

    @Test(arguments: [
        ("no such stream", "404 Not Found: no such stream"), (#"{"error":"x\ny"}"#, "404 Not Found: x y"),
        (#"{"status":"error"}"#, "404 Not Found"), ("<html><body>404</body></html>", "404 Not Found"),
        ("", "404 Not Found"),
        (String(repeating: "a", count: 900), "404 Not Found: " + String(repeating: "a", count: 200) + "…"),
        ("key=hidden-key of secret-token", "404 Not Found: … of …"),
    ])
    func problems(_ body: String, _ expected: String) throws {
        var endpoint = try Endpoint(url: "https://h/whip/a?key=hidden-key", script: [Endpoint.reply(404, body: body)])
        endpoint.start()
        #expect(endpoint.outcome == .refused(.publishFailed, reason: "the WHIP server answered \(expected)"))
    }

    @Test func answersOfServersThatDoItTheirWay() throws {
        // 200 for 201, no Location, no ETag, another type: media flows, and nothing can be said to the session.
        var endpoint = try Endpoint(script: [Endpoint.reply(200, [("Content-Type", "text/plain")], body: Endpoint.sdp)])
        endpoint.start()
        #expect(endpoint.did(.accepted))
        endpoint.tell { session, now in session.found(candidate: "candidate:1", now: now) }
        endpoint.tell { session, _ in session.stop() }
        #expect(endpoint.requests.count == 1 && endpoint.outcome == .stopped)

        // Relative and absolute locations, tags in whatever form.
        for (location, expected) in [
            ("s/1", "https://h/whip/s/1"), ("/s/1", "https://h/s/1"), ("https://h/x?y", "https://h/x?y"),
            ("//other/x", "https://other/x"),
        ] {
            var endpoint = try Endpoint(script: [Endpoint.created(location, etag: nil, [("E-Tag", "plain")])])
            endpoint.start()
            endpoint.tell { session, now in session.found(candidate: "candidate:1", now: now) }
            let patch = try #require(endpoint.requests.last)
            #expect(patch.url.text == expected && patch.header("If-Match") == "plain")
            #expect((patch.header("Authorization") == nil) == expected.contains("other"), "a token for another origin")
        }

        var noAnswer = try Endpoint(script: [Endpoint.reply(202, [("Location", "/s")]), Endpoint.reply(200)])
        noAnswer.start()
        guard case .refused(.publishFailed, _) = noAnswer.outcome else { return #expect(Bool(false)) }
        #expect(noAnswer.requests.last?.method == .delete)

        var useless = try Endpoint(script: [Endpoint.created(), Endpoint.reply(200)])
        useless.appliesAnswers = false
        useless.start()
        #expect(
            useless.outcome
                == .refused(.publishFailed, reason: "the session description of the server is of no use: no Opus"))
        #expect(useless.requests.last?.method == .delete)
    }

    @Test func redirectsAreFollowedWithoutTheTokenToOthers() throws {
        var endpoint = try Endpoint(script: [
            Endpoint.reply(307, [("Location", "https://h/elsewhere")]),
            Endpoint.reply(308, [("Location", "https://media.example/b")]),
            Endpoint.reply(401),
        ])
        endpoint.start()
        #expect(
            endpoint.requests.map(\.url.text) == ["https://h/whip/a", "https://h/elsewhere", "https://media.example/b"])
        #expect(endpoint.requests.map { $0.header("Authorization") != nil } == [true, true, false])
        #expect(endpoint.requests.allSatisfy { $0.body == "v=0 offer" && $0.method == .post })
        guard case .refused(.publishAuthenticationFailed, let reason) = endpoint.outcome else {
            return #expect(Bool(false))
        }
        #expect(reason.contains("https://media.example") && reason.contains("https://h only"))

        let many = Endpoint.reply(307, [("Location", "/again")])
        var loop = try Endpoint(script: Array(repeating: many, count: 20))
        loop.start()
        #expect(loop.requests.count == 6)
        for location in ["http://h/a", nil] {
            var endpoint = try Endpoint(script: [Endpoint.reply(307, location.map { [("Location", $0)] } ?? [])])
            endpoint.start()
            guard case .refused = endpoint.outcome else { return #expect(Bool(false)) }
            #expect(endpoint.requests.count == 1)
        }
        var old = try Endpoint(script: [Endpoint.reply(301, [("Location", "https://new.example/secret/path")])])
        old.start()
        guard case .refused(.publishFailed, let advice) = old.outcome else { return #expect(Bool(false)) }
        #expect(advice.contains("https://new.example") && !advice.contains("secret"))
    }

    @Test func aCounterOfferOfWHEPIsAnswered() throws {
        var endpoint = try Endpoint(
            .whep,
            script: [
                Endpoint.reply(406, [("Location", "/s/9"), ("ETag", "\"c\"")], body: Endpoint.sdp), Endpoint.reply(204),
                Endpoint.reply(200),
            ])
        endpoint.start()
        #expect(endpoint.did(.answer(offer: Endpoint.sdp)) && endpoint.did(.accepted))
        let patch = endpoint.requests[1]
        #expect(patch.method == .patch && patch.url.text == "https://h/s/9" && patch.body == "v=0 answer")
        #expect(patch.header("Content-Type") == "application/sdp")
        endpoint.tell { session, _ in session.stop() }
        #expect(endpoint.requests.last?.method == .delete && endpoint.outcome == .stopped)

        var refused = try Endpoint(
            .whep,
            script: [
                Endpoint.reply(406, [("Location", "/s/9")], body: Endpoint.sdp), Endpoint.reply(422),
                Endpoint.reply(200),
            ])
        refused.start()
        guard case .refused(.playFailed, _) = refused.outcome else { return #expect(Bool(false)) }
        #expect(refused.requests.last?.method == .delete)
    }

    @Test func failuresOnTheWayMayPass() throws {
        var endpoint = try Endpoint(script: [.failure("connection refused", isRefused: true)])
        endpoint.start()
        #expect(
            endpoint.outcome == .postponed(reason: "connection refused", pause: nil, isWaiting: false))
        var socketless = try Endpoint(script: [])
        socketless.tell { session, now in session.notOpened(reason: "no socket", now: now) }
        #expect(socketless.outcome == .postponed(reason: "no socket", pause: nil, isWaiting: false))
    }

    // MARK: Stopping

    @Test func whatIsStoppedWhileItIsAskedForIsEndedAtTheServer() throws {
        var endpoint = try Endpoint(script: [.silence, Endpoint.reply(200)])
        endpoint.start()
        endpoint.tell { session, _ in session.stop() }
        #expect(endpoint.outcome == nil && endpoint.did(.close))
        endpoint.tell { session, now in
            session.received(EndpointResponse(status: 201, headers: [("Location", "/s/1")]), to: 1, now: now)
        }
        #expect(endpoint.requests.last?.method == .delete && endpoint.outcome == .stopped)

        var refused = try Endpoint(script: [.silence])
        refused.start()
        refused.tell { session, _ in session.stop() }
        refused.tell { session, now in session.failed(1, reason: "x", isRefused: false, now: now) }
        #expect(refused.outcome == .stopped && refused.requests.count == 1)

        // A goodbye that nobody answers ends, too.
        var deaf = try Endpoint(script: [Endpoint.created(), .failure("no answer within 3 s", isRefused: false)])
        deaf.start()
        deaf.tell { session, _ in session.stop() }
        #expect(deaf.outcome == .stopped)
        #expect(deaf.requests.last?.timeout == 3_000_000_000)
        deaf.tell { session, _ in session.stop() }
        #expect(deaf.requests.count == 2)
    }
}
