import Testing
import Transport
import WebRTC

struct ICECandidateTests {
    @Test(arguments: [
        ("candidate:1 1 udp 2130706431 192.0.2.1 5000 typ host", "192.0.2.1", 5000),
        (
            "a=candidate:842163049 1 udp 1677729535 203.0.113.7 46154 typ srflx raddr 10.0.0.1 rport 46154 generation 0",
            "203.0.113.7", 46154
        ),
        ("candidate:1 1 tcp 1518280447 192.0.2.1 9 typ host tcptype active", "192.0.2.1", 9),
        ("candidate:1 1 TCP 1518280447 192.0.2.1 443 typ host tcptype passive generation 0", "192.0.2.1", 443),
        ("candidate:0 1 UDP 2122252543 2001:db8::7 40000 typ host", "2001:db8::7", 40000),
        (
            "candidate:6 1 udp 41885439 198.51.100.9 3478 typ relay raddr 203.0.113.7 rport 46154 ufrag x network-cost 50",
            "198.51.100.9", 3478
        ),
    ])
    func readsWhatBrowsersSend(_ line: String, _ host: String, _ port: UInt16) throws {
        let candidate = try #require(ICECandidate(line))
        #expect(candidate.address == TransportAddress(host: host, port: port))
    }

    @Test(arguments: [
        "candidate:1 1 udp 2122260223 3f1c0f0c-1f2e-4a3b-9c3d-0a1b2c3d4e5f.local 54321 typ host",
        "candidate:1 1 tcp 1518280447 192.0.2.1 9 typ host", "candidate:1 1 tcp 1 192.0.2.1 9 typ host tcptype",
        "candidate:1 1 tcp 1 192.0.2.1 9 typ host tcptype so", "candidate:1 1 sctp 1 192.0.2.1 9 typ host",
        "candidate:1 2 udp 1 192.0.2.1 5000 typ host",
        "candidate:1 1 udp 1 192.0.2.1 0 typ host", "candidate:1 1 udp 1 192.0.2.1 5000 typ blah",
        "candidate:1 1 udp 99999999999 192.0.2.1 5000 typ host", "candidate:1 1 udp 1 0.0.0.0 5000 typ host",
        "candidate:", "candidate:1 1 udp", "", "end-of-candidates",
        "candidate:123456789012345678901234567890123 1 udp 1 192.0.2.1 5000 typ host",
    ])
    func passesOverWhatItCannotUse(_ line: String) {
        #expect(ICECandidate(line) == nil)
    }

    @Test func survivesItsText() throws {
        let base = try #require(TransportAddress(host: "10.0.0.1", port: 4000))
        let seen = try #require(TransportAddress(host: "203.0.113.7", port: 40_001))
        let candidate = ICECandidate(
            kind: .serverReflexive, foundation: "7", priority: 1_677_729_535, address: seen, base: base)
        #expect(
            candidate.line
                == "candidate:7 1 udp 1677729535 203.0.113.7 40001 typ srflx raddr 10.0.0.1 rport 4000")
        #expect(try #require(ICECandidate(candidate.line)).address == seen)
        let tcp = ICECandidate(kind: .host, transport: .tcpPassive, foundation: "8", priority: 7, address: seen)
        #expect(tcp.line == "candidate:8 1 tcp 7 203.0.113.7 40001 typ host tcptype passive")
        #expect(try #require(ICECandidate(tcp.line)).transport == .tcpPassive)
    }
}
