import Glibc

/// A network namespace whose only cable leads to this machine, behind a firewall that drops what a test says. This machine has three addresses on
/// the cable: for signalling, for the server's media, and for a TURN server.
final class BlockedNetwork {
    private let name = "zegob\(getpid())"
    let signalling = "10.97.44.1"
    let media = "10.97.44.3"
    let turn = "10.97.44.4"
    /// What a program has to be run with to be at the other end.
    var inside: [String] { ["ip", "netns", "exec", name] }

    init() throws {
        try Command.demand(["ip", "netns", "add", name])
        do {
            for line in [
                "link add \(name) type veth peer name eth0 netns \(name)", "addr add \(signalling)/24 dev \(name)",
                "addr add \(media)/24 dev \(name)", "addr add \(turn)/24 dev \(name)", "link set \(name) up",
                "-n \(name) addr add 10.97.44.2/24 dev eth0", "-n \(name) link set lo up",
                "-n \(name) link set eth0 up",
            ] {
                try Command.demand(["ip"] + line.split(separator: " ").map(String.init))
            }
            for line in [
                "add table inet wall", "add chain inet wall out { type filter hook output priority 0 ; }",
                "add chain inet wall in { type filter hook input priority 0 ; }",
            ] {
                try nft(line)
            }
        } catch {
            _ = try? Command.run(["ip", "netns", "del", name])
            throw error
        }
    }

    deinit { _ = try? Command.run(["ip", "netns", "del", name]) }

    private func nft(_ line: String) throws { try Command.demand(inside + ["nft", line]) }

    /// No datagram goes out or comes in, to whatever address.
    func dropDatagrams() throws {
        try nft("add rule inet wall out meta l4proto udp oif != lo drop")
        try nft("add rule inet wall in meta l4proto udp iif != lo drop")
    }

    /// Nothing at all reaches an address of this machine.
    func drop(_ address: String) throws {
        try nft("add rule inet wall out ip daddr \(address) drop")
        try nft("add rule inet wall in ip saddr \(address) drop")
    }

    /// Everything is let through again.
    func mend() throws { try nft("flush table inet wall") }
}
