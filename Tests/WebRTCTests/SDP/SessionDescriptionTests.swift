import Testing
import Transport
import WebRTC

struct SessionDescriptionTests {
    @Test func readsChromium() throws {
        let offer = try SessionDescription(SampleOffers.chromium)
        #expect(offer.bundledMids == ["0", "1"])
        #expect(offer.media.count == 2)
        let audio = offer.media[0]
        #expect(audio.mid == "0")
        #expect(offer.direction(of: audio) == .sendonly)
        #expect(audio.opus?.payloadType == 111)
        #expect(audio.red(over: 111)?.payloadType == 63)
        #expect(audio.opus?.feedback == ["transport-cc", "nack"])
        #expect(audio.sources.map(\.ssrc) == [3_570_614_608])
        #expect(audio.streamID == "6e8b7a90-0fbd-4d0f-a0f9-a64b0ad2a2e1")
        let transport = offer.transport(of: audio)
        #expect(transport.iceUfrag == "F7gI")
        #expect(transport.setup == .actpass)
        #expect(transport.fingerprints.count == 1)
    }

    @Test func sessionValuesHoldForSections() throws {
        let offer = try SessionDescription(SampleOffers.firefox)
        let transport = offer.transport(of: offer.media[0])
        #expect(transport.fingerprints.first?.algorithm == "sha-256")
        #expect(transport.fingerprints.first?.digest.count == 32)
        #expect(transport.iceOptions == ["trickle"])
        #expect(offer.media[0].opus?.payloadType == 109)
        let opus = OpusParameters(formatParameters: offer.media[0].opus?.formatParameters ?? "")
        #expect(opus.stereo)
    }

    @Test func readsTheOthers() throws {
        let aiortc = try SessionDescription(SampleOffers.aiortc)
        #expect(aiortc.media[0].transport.fingerprints.map(\.algorithm) == ["sha-256", "sha-384", "sha-512"])
        #expect(aiortc.media[0].candidates.count == 2)
        #expect(aiortc.media[0].endOfCandidates)
        let obs = try SessionDescription(SampleOffers.obs)
        #expect(obs.media.map(\.kind) == ["audio", "video"])
        let opus = OpusParameters(formatParameters: obs.media[0].opus?.formatParameters ?? "")
        #expect(opus.maximumAverageBitrate == 96_000)
        let gstreamer = try SessionDescription(SampleOffers.gstreamer)
        #expect(gstreamer.media[0].opus?.payloadType == 96)
        #expect(gstreamer.media[0].streamID == "user2718281828@host-1a2b3c4d")
    }

    @Test(arguments: SampleOffers.all.map(\.sdp))
    func whatIsWrittenReadsTheSame(_ sdp: String) throws {
        let once = try SessionDescription(sdp)
        let twice = try SessionDescription(once.write())
        #expect(once == twice)
        #expect(once.write() == twice.write())
    }

    @Test func crlfAndLFReadTheSame() throws {
        let crlf = SampleOffers.chromium.split(separator: "\n", omittingEmptySubsequences: false)
            .joined(separator: "\r\n")
        #expect(try SessionDescription(crlf) == SessionDescription(SampleOffers.chromium))
    }

    @Test(arguments: [
        ("", SDPError.notSDP),
        ("hello", .notSDP),
        ("v=1\r\n", .notSDP),
        ("v=0\r\n", .missing("o=")),
        ("v=0\no=- 1 1 IN IP4 0\nx", .malformed(line: 3, reason: "not of the form x=value")),
        ("v=0\no=- x 1 IN IP4 0", .malformed(line: 2, reason: "the session ID and version of o= are not numbers")),
        ("v=0\no=- 1 1 IN IP4 0\nm=audio / RTP/AVP 0", .malformed(line: 3, reason: "the port is not a number")),
        ("v=0\no=- 1 1", .malformed(line: 2, reason: "o= needs a user name, two numbers and an address")),
        (
            "v=0\no=- 1 1 IN IP4 0\nm=audio 9 X",
            .malformed(
                line: 3, reason: "m= needs a medium, a port, a protocol and a format")
        ),
        ("v=0\no=- 1 1 IN IP4 0\nm=audio 99999 X 1", .malformed(line: 3, reason: "the port is not a number")),
        (
            "v=0\no=- 1 1 IN IP4 0\nm=audio 9 X 1\na=ice-ufrag:ab",
            .malformed(
                line: 4, reason: "an ice-ufrag has 4 to 256 characters of [A-Za-z0-9+/]")
        ),
        (
            "v=0\no=- 1 1 IN IP4 0\nm=audio 9 X 1\na=ssrc:-1 cname:x",
            .malformed(
                line: 4, reason: "an SSRC is a 32-bit number")
        ),
        (
            "v=0\no=- 1 1 IN IP4 0\na=fingerprint:sha-256 XY",
            .malformed(
                line: 3, reason: "a fingerprint is an algorithm and bytes in hexadecimal")
        ),
        (
            "v=0\no=- 1 1 IN IP4 0\nm=audio 9 X 1\na=rtpmap:300 opus/48000/2",
            .malformed(
                line: 4, reason: "a=rtpmap needs a payload type and a value")
        ),
        ("v=0\no=- 1 1 IN IP4 0\nm=audio 9 X 1\na=mid", .malformed(line: 4, reason: "a=mid has no value")),
        (
            "v=0\no=- 1 1 IN IP4 0\nm=audio 9 X 1\na=extmap:/ urn:x",
            .malformed(
                line: 4, reason: "an extmap is an identifier of 1 to 255 and a URI")
        ),
        (
            "v=0\no=- 1 1 IN IP4 0\na=extmap:/sendonly urn:x",
            .malformed(
                line: 3, reason: "an extmap is an identifier of 1 to 255 and a URI")
        ),
    ])
    func errorsNameTheLine(_ sdp: String, _ expected: SDPError) {
        #expect(throws: expected) { try SessionDescription(sdp) }
    }

    @Test func boundsHold() {
        #expect(throws: SDPError.tooLong(bytes: 65_537)) {
            try SessionDescription("v=0\n" + String(repeating: "x", count: 65_533))
        }
        let head = "v=0\no=- 1 1 IN IP4 0\n"
        #expect(throws: SDPError.tooMany(what: "sections", line: 259)) {
            try SessionDescription(head + String(repeating: "m=audio 9 X 1\n", count: 300))
        }
        #expect(throws: SDPError.tooMany(what: "candidates", line: 260)) {
            try SessionDescription(head + "m=audio 9 X 1\n" + String(repeating: "a=candidate:1\n", count: 300))
        }
        #expect(throws: SDPError.tooMany(what: "lines", line: 8193)) {
            try SessionDescription(head + String(repeating: "\n", count: 9000))
        }
    }

    /// Random damage gives an error or a description that survives its own text; never a crash.
    @Test func damagedDescriptionsAreErrorsOrStable() throws {
        var random = RandomSource.seeded(7)
        var read = 0
        for round in 0..<3000 {
            var bytes = Array(SampleOffers.all[round % SampleOffers.all.count].sdp.utf8)
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                let at = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[at] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: at)
                case 2: bytes.insert(Array(":=/ \n\r0a-".utf8).randomElement(using: &random) ?? 0, at: at)
                default: bytes.removeSubrange(at..<min(bytes.count, at + Int.random(in: 1...40, using: &random)))
                }
            }
            guard let once = try? SessionDescription(String(decoding: bytes, as: UTF8.self)) else { continue }
            read += 1
            let twice = try SessionDescription(once.write())
            #expect(once == twice, "round \(round)")
        }
        #expect(read > 500)
    }

    @Test(arguments: [
        ("minptime=10;useinbandfec=1", OpusParameters(usesInbandFEC: true, minimumPacketTime: 10)),
        (
            " stereo=1 ; sprop-stereo=1;UseInbandFEC=1",
            OpusParameters(usesInbandFEC: true, stereo: true, sendsStereo: true)
        ),
        ("maxaveragebitrate=1;usedtx=1", OpusParameters(usesDTX: true, maximumAverageBitrate: 6000)),
        ("minptime=x;;=;stereo", OpusParameters()),
        ("", OpusParameters()),
    ])
    func opusParametersAreRead(_ text: String, _ expected: OpusParameters) {
        #expect(OpusParameters(formatParameters: text) == expected)
        #expect(OpusParameters(formatParameters: expected.formatParameters) == expected)
    }
}
