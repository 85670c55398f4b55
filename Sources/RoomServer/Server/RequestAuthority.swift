import NIOCore
import NIOHTTP1

/// Host and port by which a client reached the server: what its `Host` field says where that makes sense, else the
/// address that it came to.
enum RequestAuthority {
    static func text(_ head: HTTPRequestHead, localAddress: String) -> String {
        let host = head.headers.first(name: "Host") ?? ""
        let isHost = (1...255).contains(host.utf8.count) && host.utf8.allSatisfy(isHostCharacter)
        return isHost ? host : localAddress
    }

    /// An address as a URL has it.
    static func text(_ address: SocketAddress?) -> String {
        guard let address, let host = address.ipAddress, let port = address.port else { return "localhost" }
        return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    private static func isHostCharacter(_ character: UInt8) -> Bool {
        switch character {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: "]"):
            true
        default: false
        }
    }
}
