/// An offer as a simple encoder or player makes it, with what a test wants changed.
struct SampleOffer {
    var direction = "sendonly"
    var setup: String? = "actpass"
    var rtcpMux = true
    var codecs = "a=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10;useinbandfec=1"
    var credentials = "a=ice-ufrag:EsAw\r\na=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1"
    var fingerprint =
        "a=fingerprint:sha-256 DA:39:A3:EE:5E:6B:4B:0D:32:55:BF:EF:95:60:18:90:AF:D8:07:09:10:11:12:13:14:15:16:17:18:19:20:21"
    var msids = ["stream track"]
    /// Further sections after the audio: `video`, `audio`, `application`.
    var further: [String] = []
    var bundle = true
    /// Lines that mean nothing, to make it long.
    var padding = 0

    var text: String {
        var lines = ["v=0", "o=- 5228595038118931041 2 IN IP4 127.0.0.1", "s=-", "t=0 0"]
        if bundle {
            lines.append("a=group:BUNDLE " + (0...further.count).map(String.init).joined(separator: " "))
        }
        for (index, kind) in (["audio"] + further).enumerated() {
            let format = kind == "video" ? "96" : kind == "application" ? "webrtc-datachannel" : "111"
            let transport = kind == "application" ? "UDP/DTLS/SCTP" : "UDP/TLS/RTP/SAVPF"
            lines += ["m=\(kind) 9 \(transport) \(format)", "c=IN IP4 0.0.0.0", "a=mid:\(index)"]
            if !credentials.isEmpty { lines.append(credentials) }
            if !fingerprint.isEmpty { lines.append(fingerprint) }
            if let setup { lines.append("a=setup:\(setup)") }
            if kind == "application" {
                lines.append("a=sctp-port:5000")
                continue
            }
            lines.append("a=\(direction)")
            if rtcpMux { lines.append("a=rtcp-mux") }
            lines.append(kind == "video" ? "a=rtpmap:96 VP8/90000" : codecs)
            if direction != "recvonly" { lines += msids.map { "a=msid:\($0)" } }
        }
        var text = lines.joined(separator: "\r\n") + "\r\n"
        if padding > 0 {
            // Up to exactly this length, in lines of a size that parsers take.
            while text.utf8.count + 1000 < padding { text += "a=x:" + String(repeating: "y", count: 500) + "\r\n" }
            text += "a=x:" + String(repeating: "y", count: padding - text.utf8.count - 6) + "\r\n"
        }
        return text
    }
}
