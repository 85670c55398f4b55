import Glibc

/// A network namespace that is joined to this machine by one cable, which can be cut (packets are dropped both ways, and neither end is told) or lose
/// packets of media.
final class CutNetwork {
    private let name = "zego\(getpid())"
    /// This machine's address on the cable.
    let outside = "10.97.43.1"
    /// What a program has to be run with to be at the other end.
    var inside: [String] { ["ip", "netns", "exec", name] }

    init() throws {
        try Command.demand(["ip", "netns", "add", name])
        do {
            for line in [
                "link add \(name) type veth peer name eth0 netns \(name)", "addr add \(outside)/24 dev \(name)",
                "link set \(name) up", "-n \(name) addr add 10.97.43.2/24 dev eth0", "-n \(name) link set lo up",
                "-n \(name) link set eth0 up",
            ] {
                try Command.demand(["ip"] + line.split(separator: " ").map(String.init))
            }
        } catch {
            _ = try? Command.run(["ip", "netns", "del", name])
            throw error
        }
    }

    deinit {
        _ = try? Command.run(["nft", "delete table netdev \(name)"])
        // The cable goes at once; with the namespace alone it would go some time later.
        _ = try? Command.run(["ip", "link", "del", name])
        _ = try? Command.run(["ip", "netns", "del", name])
    }

    func cut() throws {
        for line in [
            "add table inet cut", "add chain inet cut from { type filter hook input priority 0 ; policy drop ; }",
            "add chain inet cut to { type filter hook output priority 0 ; policy drop ; }",
            "add rule inet cut from iif lo accept", "add rule inet cut to oif lo accept",
        ] {
            try Command.demand(inside + ["nft", line])
        }
    }

    func mend() throws { try Command.demand(inside + ["nft", "delete table inet cut"]) }

    /// From now on one of `each` RTP packets is dropped, in each direction by itself: never RTCP, STUN or DTLS.
    ///
    /// Both on arrival: a sender whose own kernel drops a packet is told so, and browsers then send it once more.
    func lose(oneOf each: Int) throws {
        for (prefix, device) in [(inside, "eth0"), ([], name)] {
            for line in [
                "add table netdev \(name)", "add counter netdev \(name) lost",
                "add chain netdev \(name) arrival { type filter hook ingress device \(device) priority 0 ; }",
                // The version of RTP in the first two bits of the payload; the second byte of RTCP is in 200…207.
                "add rule netdev \(name) arrival ip protocol udp @th,64,2 2 @th,72,8 != 200-207 "
                    + "numgen inc mod \(each) 0 counter name lost drop",
            ] {
                try Command.demand(prefix + ["nft", line])
            }
        }
    }

    /// How many packets were lost on the way in and on the way out.
    func lost() throws -> (from: Int, to: Int) {
        func count(_ prefix: [String]) throws -> Int {
            let text = try Command.demand(prefix + ["nft", "list counter netdev \(name) lost"])
            let words = text.split(whereSeparator: \.isWhitespace)
            return words.firstIndex(of: "packets").flatMap { Int(words[$0 + 1]) } ?? 0
        }
        return (try count(inside), try count([]))
    }
}

extension Machine {
    static let cutsNetworks = can("cut networks (root, network namespaces, nft)") {
        let network = try CutNetwork()
        try network.cut()
        try network.mend()
        return true
    }
}
