import Glibc

/// A network namespace that is joined to this machine by one cable, which can be cut: packets are dropped both ways, and neither end is told.
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

    deinit { _ = try? Command.run(["ip", "netns", "del", name]) }

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
}

extension Machine {
    static let cutsNetworks = can("cut networks (root, network namespaces, nft)") {
        let network = try CutNetwork()
        try network.cut()
        try network.mend()
        return true
    }
}
