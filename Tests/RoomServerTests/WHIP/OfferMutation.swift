import Transport

/// Damages offers as only a fuzzer or a bad client would: line by line, so that most of it still looks like SDP.
struct OfferMutation {
    /// The largest body that the server reads.
    static let maximumBytes = 65_536

    private var random: RandomSource
    /// Lines of other offers, to be mixed in.
    private let foreignLines: [String]

    init(seed: UInt64, mixing offers: [String]) {
        random = .seeded(seed)
        foreignLines = offers.flatMap { $0.split(separator: "\r\n").map(String.init) }
    }

    private static let values = [
        "", "0", "-1", "65536", "4294967296", "18446744073709551616", "99999999999999999999999", "*", "é", "\u{0}",
        "\t", "%n%s", "a=b:c d/e;f", "IN IP6 ::", "UDP/TLS/RTP/SAVPF", "recvonly", "BUNDLE", "sha-256", "urn:x",
    ]

    mutating func damaged(_ offer: String) -> String {
        var lines = offer.split(separator: "\r\n").map(String.init)
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            guard let index = lines.indices.randomElement(using: &random) else { break }
            switch Int.random(in: 0..<10, using: &random) {
            case 0: lines.remove(at: index)
            case 1: lines.insert(lines[index], at: index)
            case 2: lines.swapAt(index, lines.indices.randomElement(using: &random) ?? index)
            case 3: lines.insert(foreignLines.randomElement(using: &random) ?? "", at: index)
            case 4: lines[index] = withAnotherWord(lines[index])
            case 5: lines[index] = String(lines[index].prefix(Int.random(in: 0...lines[index].count, using: &random)))
            case 6: lines[index] += String(repeating: "x", count: Int.random(in: 1...4000, using: &random))
            case 7: lines[index] = Self.values.randomElement(using: &random) ?? ""
            case 8:
                let copies = repeatElement(lines[index], count: Int.random(in: 2...300, using: &random))
                lines.insert(contentsOf: copies, at: index)
            default: lines.removeSubrange(index...)
            }
        }
        let ending = ["\r\n", "\r\n", "\r\n", "\n", "\r", "\r\n\r\n"].randomElement(using: &random) ?? "\r\n"
        let text = lines.map { $0 + ending }.joined()
        return String(decoding: text.utf8.prefix(Self.maximumBytes), as: UTF8.self)
    }

    private mutating func withAnotherWord(_ line: String) -> String {
        var words = line.split(whereSeparator: { " :=/".contains($0) }).map(String.init)
        guard let index = words.indices.randomElement(using: &random) else { return line }
        let separators = line.filter { " :=/".contains($0) }.map(String.init) + [""]
        words[index] = Self.values.randomElement(using: &random) ?? ""
        return zip(words, separators).map { $0 + $1 }.joined()
    }

    /// Offers of the full size, each with too much of one thing.
    static func swollen(_ offer: String) -> [String] {
        let end = offer.hasSuffix("\r\n") ? "" : "\r\n"
        return [
            "m=audio 9 UDP/TLS/RTP/SAVPF 111", "a=ssrc:1 cname:x", "a=candidate:1 1 udp 1 192.0.2.1 9 typ host",
            "a=group:BUNDLE 0 0 0 0", "a=rtpmap:111 opus/48000/2", "a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid",
            "a=fingerprint:sha-256 00", "a=rtcp-fb:* nack", "a=mid:0", "a=", "",
            "a=fmtp:111 " + String(repeating: "x=1;", count: 2000),
        ].map { line in
            let room = maximumBytes - (offer + end).utf8.count
            return offer + end + String(repeating: line + "\r\n", count: max(0, room / (line.utf8.count + 2)))
        }
    }
}
