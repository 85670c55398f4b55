import CSockets
import Glibc
import Transport

/// The machine's own addresses, from which ICE makes host candidates.
package enum NetworkInterfaces {
    /// Every IPv4 and IPv6 address of every interface, in the kernel's order; empty when the kernel does not tell.
    package static func addresses() -> [InterfaceAddress] {
        var list: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&list) == 0 else { return [] }
        defer { freeifaddrs(list) }
        var found: [InterfaceAddress] = []
        var item = list
        while let current = item {
            if let address = interfaceAddress(current.pointee) { found.append(address) }
            item = current.pointee.ifa_next
        }
        return found
    }

    private static func interfaceAddress(_ item: ifaddrs) -> InterfaceAddress? {
        guard let name = item.ifa_addr, let label = item.ifa_name else { return nil }
        let family = Int32(name.pointee.sa_family)
        guard family == AF_INET || family == AF_INET6 else { return nil }
        let flags = Int32(bitPattern: item.ifa_flags)
        let up = Int32(IFF_UP) | Int32(IFF_RUNNING)
        return InterfaceAddress(
            interface: String(cString: label), interfaceIndex: if_nametoindex(label),
            address: DatagramBatch.address(at: UnsafeRawPointer(name)).with(port: 0),
            prefixLength: item.ifa_netmask.map { prefixLength(UnsafeRawPointer($0), family: family) } ?? 0,
            isRunning: flags & up == up, isLoopback: flags & Int32(IFF_LOOPBACK) != 0,
            isPointToPoint: flags & Int32(IFF_POINTOPOINT) != 0)
    }

    private static func prefixLength(_ mask: UnsafeRawPointer, family: Int32) -> Int {
        let (offset, length) = family == AF_INET ? (4, 4) : (8, 16)
        return (0..<length).reduce(0) { sum, index in
            sum + mask.load(fromByteOffset: offset + index, as: UInt8.self).nonzeroBitCount
        }
    }
}
