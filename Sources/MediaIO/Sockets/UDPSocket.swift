import CSockets
import Glibc
import Transport

/// A non-blocking UDP socket that receives and sends in batches and tells, and chooses, its end of every datagram
/// (packet info, RFC 3542), so that a reply leaves from the address that was spoken to.
///
/// What goes wrong with single datagrams (a full buffer, a firewall's EPERM, an unreachable host) is counted in
/// ``statistics`` and never thrown: datagrams may be lost anyway. Belongs to one thread at a time.
package final class UDPSocket {
    /// What a socket is bound to and how.
    package struct Configuration: Sendable {
        /// Where it listens. `::` takes IPv4 too (mapped); port 0 lets the kernel choose.
        package var address: TransportAddress
        /// The index of the only interface that datagrams are taken from; nil: all.
        package var interface: UInt32?
        /// Several sockets may share the address and port; the kernel spreads remote addresses over them.
        package var reusePort: Bool
        /// Wished kernel buffers in bytes; the kernel may give less (`net.core.rmem_max`).
        package var receiveBuffer: Int
        package var sendBuffer: Int
        /// DSCP 0–63 of everything sent; 46 (expedited forwarding) is voice (RFC 8837).
        package var differentiatedServices: Int

        package init(
            address: TransportAddress, interface: UInt32? = nil, reusePort: Bool = false, receiveBuffer: Int = 4 << 20,
            sendBuffer: Int = 4 << 20, differentiatedServices: Int = 46
        ) {
            self.address = address
            self.interface = interface
            self.reusePort = reusePort
            self.receiveBuffer = receiveBuffer
            self.sendBuffer = sendBuffer
            self.differentiatedServices = differentiatedServices
        }
    }

    /// Counters since the socket was made.
    package struct Statistics: Sendable, Hashable {
        package var receivedDatagrams: UInt64 = 0
        package var receivedBytes: UInt64 = 0
        /// Longer than ``DatagramBatch/slotCapacity``; dropped.
        package var truncatedDatagrams: UInt64 = 0
        package var receiveErrors: UInt64 = 0
        package var sentDatagrams: UInt64 = 0
        package var sentBytes: UInt64 = 0
        /// `sendmmsg` calls.
        package var sendCalls: UInt64 = 0
        /// Not sent: the socket's buffer or the device's queue was full (EAGAIN, ENOBUFS).
        package var congestedDatagrams: UInt64 = 0
        /// Not sent: the kernel refused this destination (EPERM, ENETUNREACH, EINVAL, …).
        package var refusedDatagrams: UInt64 = 0
    }

    /// The file descriptor, to watch it on a ``MediaLoop``.
    package let descriptor: Int32
    /// What it is bound to, with the port that the kernel chose.
    package let localAddress: TransportAddress
    package private(set) var statistics = Statistics()

    private let family: Int32
    private let usesPacketInfo: Bool

    /// Opens and binds. Throws ``SocketError`` (``SocketError/isAddressInUse``: the port is taken).
    package init(_ configuration: Configuration) throws(SocketError) {
        let wanted = configuration.address
        family = wanted.family == .ipv4 ? AF_INET : AF_INET6
        usesPacketInfo = wanted.isUnspecified
        let socket = Glibc.socket(
            family, Int32(SOCK_DGRAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { throw SocketError("socket for \(wanted)") }
        do {
            localAddress = try Self.bind(socket, family: family, configuration)
        } catch {
            close(socket)
            throw error
        }
        descriptor = socket
    }

    /// Binds `address`; IPv4 or dual-stack IPv6.
    package convenience init(address: TransportAddress, reusePort: Bool = false) throws(SocketError) {
        try self.init(Configuration(address: address, reusePort: reusePort))
    }

    deinit {
        close(descriptor)
    }

    /// An IPv6 socket bound to `::` reaches both families; any other only its own.
    package func reaches(_ family: TransportAddress.Family) -> Bool {
        switch family {
        case .ipv4: self.family == AF_INET || localAddress.isUnspecified
        case .ipv6: self.family == AF_INET6
        }
    }

    private static func bind(
        _ socket: Int32, family: Int32, _ configuration: Configuration
    ) throws(SocketError) -> TransportAddress {
        let wanted = configuration.address
        if configuration.reusePort {
            try set(socket, SOL_SOCKET, SO_REUSEPORT, 1, "SO_REUSEPORT")
        }
        // Before the socket has a port, so that nothing gets past it.
        if let interface = configuration.interface, csockets_take_only_from(socket, interface) != 0 {
            throw SocketError("SO_ATTACH_FILTER")
        }
        if family == AF_INET6 {
            try set(socket, Int32(IPPROTO_IPV6), IPV6_V6ONLY, wanted.isUnspecified ? 0 : 1, "IPV6_V6ONLY")
        }
        if wanted.isUnspecified, csockets_enable_packet_info(socket, family) != 0 {
            throw SocketError("packet info on \(wanted)")
        }
        // Wishes: a smaller buffer or an unmarked packet is no reason not to start.
        try? set(socket, SOL_SOCKET, SO_RCVBUF, Int32(clamping: configuration.receiveBuffer), "SO_RCVBUF")
        try? set(socket, SOL_SOCKET, SO_SNDBUF, Int32(clamping: configuration.sendBuffer), "SO_SNDBUF")
        let trafficClass = Int32(clamping: configuration.differentiatedServices << 2)
        try? set(socket, Int32(IPPROTO_IP), IP_TOS, trafficClass, "IP_TOS")
        if family == AF_INET6 {
            try? set(socket, Int32(IPPROTO_IPV6), IPV6_TCLASS, trafficClass, "IPV6_TCLASS")
        }
        return try withUnsafeTemporaryAllocation(byteCount: 32, alignment: 8) {
            name throws(SocketError) -> TransportAddress in
            guard let start = name.baseAddress else { throw SocketError(operation: "bind", code: ENOMEM) }
            var length = DatagramBatch.store(wanted, at: start)
            guard Glibc.bind(socket, start.assumingMemoryBound(to: sockaddr.self), length) == 0 else {
                throw SocketError("bind \(wanted)")
            }
            length = 32
            guard getsockname(socket, start.assumingMemoryBound(to: sockaddr.self), &length) == 0 else {
                throw SocketError("getsockname of \(wanted)")
            }
            return wanted.with(port: UInt16(bigEndian: start.load(fromByteOffset: 2, as: UInt16.self)))
        }
    }

    private static func set(
        _ socket: Int32, _ level: Int32, _ option: Int32, _ value: Int32, _ name: String
    ) throws(SocketError) {
        var value = value
        guard setsockopt(socket, level, option, &value, socklen_t(MemoryLayout<Int32>.size)) == 0 else {
            throw SocketError(name)
        }
    }

    // MARK: Datagrams

    /// Takes what is waiting, up to the batch's capacity; gives the number of datagrams, 0 when there are none.
    package func receive(into batch: DatagramBatch) -> Int {
        batch.localAddress = localAddress
        // An error of an earlier datagram (ICMP) may be reported here once; more than a few in a row mean that the
        // socket itself is broken, and the caller's loop must not spin on it.
        for _ in 0..<4 {
            batch.prepareToReceive(withPacketInfo: usesPacketInfo)
            let received = csockets_recvmmsg(
                descriptor, batch.messages, UInt32(batch.capacity), Int32(MSG_DONTWAIT))
            if received >= 0 {
                batch.count = Int(received)
                let truncated = batch.dropTruncated()
                statistics.truncatedDatagrams &+= UInt64(truncated)
                statistics.receivedDatagrams &+= UInt64(batch.count)
                for index in 0..<batch.count {
                    statistics.receivedBytes &+= UInt64(batch.messages[index].length)
                }
                return batch.count
            }
            let code = errno
            if code == EAGAIN || code == EWOULDBLOCK { return 0 }
            if code != EINTR {
                statistics.receiveErrors &+= 1
            }
        }
        return 0
    }

    /// Sends what the batch holds and empties it. Gives how many datagrams the kernel took; the others are counted in
    /// ``statistics`` by cause.
    @discardableResult
    package func send(_ batch: DatagramBatch) -> Int {
        let count = batch.count
        guard count > 0 else { return 0 }
        batch.prepareToSend(family: family, withPacketInfo: usesPacketInfo)
        var next = 0
        var sent = 0
        while next < count {
            let taken = csockets_sendmmsg(
                descriptor, batch.messages + next, UInt32(count - next), Int32(MSG_DONTWAIT))
            statistics.sendCalls &+= 1
            if taken > 0 {
                next += Int(taken)
                sent += Int(taken)
                continue
            }
            let code = errno
            switch code {
            case EINTR:
                continue
            case EAGAIN, EWOULDBLOCK, ENOBUFS:
                // The rest would fail alike, and late voice is useless: drop it.
                statistics.congestedDatagrams &+= UInt64(count - next)
                next = count
            default:
                statistics.refusedDatagrams &+= 1
                next += 1
            }
        }
        statistics.sentDatagrams &+= UInt64(sent)
        if sent == count {
            for index in 0..<count {
                statistics.sentBytes &+= UInt64(batch.messages[index].header.msg_iov.pointee.iov_len)
            }
        }
        batch.removeAll()
        return sent
    }
}
