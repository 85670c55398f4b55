/// Something that parses what comes from outside.
struct FuzzTarget {
    typealias Run = @Sendable (UnsafeRawBufferPointer) -> Void

    let name: String
    let run: Run

    /// The one that runs. Written before libFuzzer starts, which has one thread.
    nonisolated(unsafe) static var chosen: Run = { _ in }

    static let all =
        [
            FuzzTarget(name: "json", run: json), FuzzTarget(name: "sdp", run: sdp),
            FuzzTarget(name: "offer", run: offer),
            FuzzTarget(name: "stun", run: stun), FuzzTarget(name: "turn", run: turn), FuzzTarget(name: "rtp", run: rtp),
            FuzzTarget(name: "rtcp", run: rtcp), FuzzTarget(name: "feedback", run: feedback),
            FuzzTarget(name: "red", run: red),
            FuzzTarget(name: "datagram", run: datagram), FuzzTarget(name: "stream", run: stream),
            FuzzTarget(name: "token", run: token), FuzzTarget(name: "wav", run: wav),
            FuzzTarget(name: "toml", run: toml),
            FuzzTarget(name: "http", run: http), FuzzTarget(name: "signaling", run: signaling),
            FuzzTarget(name: "certificate", run: certificate),
        ]

    /// Bytes as text, as every reader of ours takes them: damaged UTF-8 has become U+FFFD.
    static func text(_ bytes: UnsafeRawBufferPointer) -> String { String(decoding: bytes, as: UTF8.self) }

    /// The check fails when what was read does not come back as it was written.
    static func demand(_ condition: Bool, _ what: @autoclosure () -> String) {
        precondition(condition, what())
    }
}
