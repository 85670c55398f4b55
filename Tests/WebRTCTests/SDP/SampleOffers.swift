/// Offers of the shapes that the stacks of the field send, shortened where they repeat themselves.
enum SampleOffers {
    private static let fingerprint =
        "sha-256 "
        + "4A:AD:B9:B1:3F:82:18:3B:54:02:12:DF:3E:5D:49:6B:19:E5:7C:AB:3E:5D:49:6B:19:E5:7C:AB:12:DF:3E:5D"

    /// Chromium: two audio transceivers, one sending.
    static let chromium = """
        v=0
        o=- 4611731400430051336 2 IN IP4 127.0.0.1
        s=-
        t=0 0
        a=group:BUNDLE 0 1
        a=extmap-allow-mixed
        a=msid-semantic: WMS 6e8b7a90-0fbd-4d0f-a0f9-a64b0ad2a2e1
        m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126
        c=IN IP4 0.0.0.0
        a=rtcp:9 IN IP4 0.0.0.0
        a=candidate:3098175849 1 udp 2113937151 b8f2c6ee-8a5e-4b0c-8a3d-6a1e3ffdf9d3.local 51234 typ host generation 0
        a=ice-ufrag:F7gI
        a=ice-pwd:x9cml/YzichV2+XlhiMu8gaT
        a=ice-options:trickle
        a=fingerprint:\(fingerprint)
        a=setup:actpass
        a=mid:0
        a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
        a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
        a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
        a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid
        a=sendonly
        a=msid:6e8b7a90-0fbd-4d0f-a0f9-a64b0ad2a2e1 d1b2c3d4-0000-4000-8000-000000000001
        a=rtcp-mux
        a=rtcp-rsize
        a=rtpmap:111 opus/48000/2
        a=rtcp-fb:111 transport-cc
        a=rtcp-fb:111 nack
        a=fmtp:111 minptime=10;useinbandfec=1
        a=rtpmap:63 red/48000/2
        a=fmtp:63 111/111
        a=rtpmap:9 G722/8000
        a=rtpmap:0 PCMU/8000
        a=rtpmap:8 PCMA/8000
        a=rtpmap:13 CN/8000
        a=rtpmap:110 telephone-event/48000
        a=rtpmap:126 telephone-event/8000
        a=ssrc:3570614608 cname:4TOk42mSjXCkVIa6
        a=ssrc:3570614608 msid:6e8b7a90-0fbd-4d0f-a0f9-a64b0ad2a2e1 d1b2c3d4-0000-4000-8000-000000000001
        m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126
        c=IN IP4 0.0.0.0
        a=rtcp:9 IN IP4 0.0.0.0
        a=ice-ufrag:F7gI
        a=ice-pwd:x9cml/YzichV2+XlhiMu8gaT
        a=ice-options:trickle
        a=fingerprint:\(fingerprint)
        a=setup:actpass
        a=mid:1
        a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
        a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
        a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
        a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid
        a=recvonly
        a=rtcp-mux
        a=rtcp-rsize
        a=rtpmap:111 opus/48000/2
        a=rtcp-fb:111 transport-cc
        a=fmtp:111 minptime=10;useinbandfec=1
        a=rtpmap:63 red/48000/2
        a=fmtp:63 111/111
        a=rtpmap:9 G722/8000

        """

    /// Firefox: other payload types, session-level fingerprint, extmaps with directions, an `a=sendrecv` at the session.
    static let firefox = """
        v=0
        o=mozilla...THIS_IS_SDPARTA-99.0 6381237421438204122 0 IN IP4 0.0.0.0
        s=-
        t=0 0
        a=fingerprint:\(fingerprint)
        a=group:BUNDLE 0
        a=ice-options:trickle
        a=msid-semantic:WMS *
        m=audio 9 UDP/TLS/RTP/SAVPF 109 9 0 8 101
        c=IN IP4 0.0.0.0
        a=sendrecv
        a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
        a=extmap:2/recvonly urn:ietf:params:rtp-hdrext:csrc-audio-level
        a=extmap:3 urn:ietf:params:rtp-hdrext:sdes:mid
        a=fmtp:109 maxplaybackrate=48000;stereo=1;useinbandfec=1
        a=fmtp:101 0-15
        a=ice-pwd:5d4f2a8c7e1b3f9a0c6d8e2b4a7f1c3d
        a=ice-ufrag:9e2b1f4c
        a=mid:0
        a=msid:{6a0f8f5e-1c1e-4b1e-9d5b-0a3c5b7d9e1f} {b4a6c8d0-2e4f-4a6b-8c0d-1e3f5a7b9c2d}
        a=rtcp-mux
        a=rtcp-rsize
        a=rtpmap:109 opus/48000/2
        a=rtpmap:9 G722/8000/1
        a=rtpmap:0 PCMU/8000
        a=rtpmap:8 PCMA/8000
        a=rtpmap:101 telephone-event/8000/1
        a=setup:actpass
        a=ssrc:2423789132 cname:{e4d2b0a8-9c7e-4f5d-8b3a-1c2d3e4f5a6b}

        """

    /// aiortc: several fingerprints, dynamic payload types, all candidates in the offer.
    static let aiortc = """
        v=0
        o=- 3920011234 3920011234 IN IP4 0.0.0.0
        s=-
        t=0 0
        a=group:BUNDLE 0
        a=msid-semantic:WMS *
        m=audio 45678 UDP/TLS/RTP/SAVPF 96 9 0 8
        c=IN IP4 192.0.2.15
        a=sendonly
        a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid
        a=extmap:2 urn:ietf:params:rtp-hdrext:ssrc-audio-level
        a=mid:0
        a=msid:5ba0f2d0-1d5c-4cf4-9d48-0e6c3b2a1f00 8f9a0b1c-2d3e-4f50-8172-839405162738
        a=rtcp:9 IN IP4 0.0.0.0
        a=rtcp-mux
        a=ssrc:1265812711 cname:0a1b2c3d-4e5f-4061-8273-849506172839
        a=rtpmap:96 opus/48000/2
        a=rtpmap:9 G722/8000
        a=rtpmap:0 PCMU/8000
        a=rtpmap:8 PCMA/8000
        a=candidate:c0a8010f 1 udp 2130706431 192.0.2.15 45678 typ host
        a=candidate:9d1e2f3a 1 udp 1694498815 203.0.113.9 45678 typ srflx raddr 192.0.2.15 rport 45678
        a=end-of-candidates
        a=ice-ufrag:Kx3d
        a=ice-pwd:Bf8pVh2mQw9rTt6yUu1iZo
        a=fingerprint:\(fingerprint)
        a=fingerprint:sha-384 \(Array(repeating: "AB", count: 48).joined(separator: ":"))
        a=fingerprint:sha-512 \(Array(repeating: "CD", count: 64).joined(separator: ":"))
        a=setup:actpass

        """

    /// OBS by libdatachannel: sendonly audio and video, bundle, no trickle, `a=setup:actpass` per section.
    static let obs = """
        v=0
        o=rtc 2871520498 0 IN IP4 127.0.0.1
        s=-
        t=0 0
        a=group:BUNDLE 0 1
        a=group:LS 0 1
        a=msid-semantic:WMS *
        a=ice-options:ice2,trickle
        a=fingerprint:\(fingerprint)
        m=audio 50321 UDP/TLS/RTP/SAVPF 111
        c=IN IP4 192.0.2.44
        a=mid:0
        a=sendonly
        a=ssrc:1204934120 cname:obs-audio
        a=ssrc:1204934120 msid:obs-stream obs-stream-audio
        a=msid:obs-stream obs-stream-audio
        a=rtcp-mux
        a=rtpmap:111 opus/48000/2
        a=fmtp:111 minptime=10;maxaveragebitrate=96000;stereo=1;sprop-stereo=1;useinbandfec=1
        a=setup:actpass
        a=ice-ufrag:gT5x
        a=ice-pwd:kX0pDq7sVbN3mLwRe8tYuI
        a=candidate:1 1 UDP 2122317823 192.0.2.44 50321 typ host
        a=end-of-candidates
        m=video 50321 UDP/TLS/RTP/SAVPF 96
        c=IN IP4 192.0.2.44
        a=mid:1
        a=sendonly
        a=ssrc:1204934121 cname:obs-video
        a=rtcp-mux
        a=rtpmap:96 H264/90000
        a=rtcp-fb:96 nack
        a=rtcp-fb:96 nack pli
        a=fmtp:96 profile-level-id=42e01f;packetization-mode=1;level-asymmetry-allowed=1
        a=setup:actpass
        a=ice-ufrag:gT5x
        a=ice-pwd:kX0pDq7sVbN3mLwRe8tYuI

        """

    /// GStreamer's webrtcbin: `OPUS` in capitals, mids by kind, `a=sprop` parameters.
    static let gstreamer = """
        v=0
        o=- 7412934710239471023 0 IN IP4 0.0.0.0
        s=-
        t=0 0
        a=ice-options:trickle
        a=group:BUNDLE audio0
        m=audio 9 UDP/TLS/RTP/SAVPF 96
        c=IN IP4 0.0.0.0
        a=setup:actpass
        a=ice-ufrag:RmC1fHdGq2JtWbXz8nPk0sLvQe7yUoAi
        a=ice-pwd:a3SdF6gHjK9lZxCvBnM1qWeRtYuIoP04
        a=rtcp-mux
        a=rtcp-rsize
        a=sendonly
        a=rtpmap:96 OPUS/48000/2
        a=rtcp-fb:96 nack
        a=rtcp-fb:96 nack pli
        a=fmtp:96 sprop-maxcapturerate=48000;sprop-stereo=1
        a=ssrc:2890123451 msid:user2718281828@host-1a2b3c4d webrtctransceiver0
        a=ssrc:2890123451 cname:user2718281828@host-1a2b3c4d
        a=mid:audio0
        a=fingerprint:\(fingerprint)

        """

    static let all: [(name: String, sdp: String)] = [
        ("chromium", chromium), ("firefox", firefox), ("aiortc", aiortc), ("obs", obs), ("gstreamer", gstreamer),
    ]
}
