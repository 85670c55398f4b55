import CSockets
import Glibc
import Transport

/// Datagrams for one `recvmmsg` or `sendmmsg`, in memory taken once: nothing is allocated per packet.
///
/// Receiving: ``UDPSocket/receive(into:)`` fills it; then `0..<count` are read with ``payload(at:)``, ``source(at:)``
/// and ``destination(at:)``. Sending: write into ``vacantSlot``, then ``append(length:to:from:)``; when ``isFull``, or
/// at the end of a fan-out, ``UDPSocket/send(_:)`` sends and empties it.
///
/// Belongs to one thread at a time.
package final class DatagramBatch {
    /// Bytes of a slot. A datagram that is longer is cut by the kernel and counted, not delivered.
    package static let slotCapacity = 2048
    /// Messages of one system call; more gain nothing (facts/swift.md 3).
    package static let defaultCapacity = 32

    /// How many datagrams it can hold.
    package let capacity: Int
    /// How many it holds.
    package internal(set) var count = 0

    let messages: UnsafeMutablePointer<csockets_message>
    private let vectors: UnsafeMutablePointer<iovec>
    private let names: UnsafeMutableRawPointer
    private let controls: UnsafeMutableRawPointer
    private let payloads: UnsafeMutableRawPointer
    /// What ``UDPSocket`` says of the port it is bound to, for ``destination(at:)``.
    var localAddress = TransportAddress(ipv4: 0, port: 0)

    private static let nameStride = 32
    private static let controlStride = Int(CSOCKETS_CONTROL_CAPACITY)

    package init(capacity: Int = DatagramBatch.defaultCapacity) {
        precondition(capacity > 0 && capacity <= 1024, "a batch holds 1 to 1024 datagrams")
        self.capacity = capacity
        messages = .allocate(capacity: capacity)
        vectors = .allocate(capacity: capacity)
        names = .allocate(byteCount: capacity * Self.nameStride, alignment: 8)
        controls = .allocate(byteCount: capacity * Self.controlStride, alignment: 8)
        payloads = .allocate(byteCount: capacity * Self.slotCapacity, alignment: 64)
        names.initializeMemory(as: UInt8.self, repeating: 0, count: capacity * Self.nameStride)
        controls.initializeMemory(as: UInt8.self, repeating: 0, count: capacity * Self.controlStride)
        payloads.initializeMemory(as: UInt8.self, repeating: 0, count: capacity * Self.slotCapacity)
        for index in 0..<capacity {
            vectors.advanced(by: index).initialize(
                to: iovec(iov_base: payloads + index * Self.slotCapacity, iov_len: Self.slotCapacity))
            var message = csockets_message()
            message.header.msg_name = names + index * Self.nameStride
            message.header.msg_iov = vectors + index
            message.header.msg_iovlen = 1
            messages.advanced(by: index).initialize(to: message)
        }
    }

    deinit {
        messages.deallocate()
        vectors.deallocate()
        names.deallocate()
        controls.deallocate()
        payloads.deallocate()
    }

    /// All slots are taken: send before the next ``append(length:to:from:)``.
    package var isFull: Bool { count == capacity }

    /// Empties it without sending.
    package func removeAll() {
        count = 0
    }

    // MARK: Reading

    /// The bytes of a datagram; they may be changed in place. Empty for one that was cut.
    package func payload(at index: Int) -> UnsafeMutableRawBufferPointer {
        precondition(index < count)
        return UnsafeMutableRawBufferPointer(
            start: payloads + index * Self.slotCapacity, count: Int(messages[index].length))
    }

    /// Who sent it (received), or to whom it goes (to be sent).
    package func source(at index: Int) -> TransportAddress {
        precondition(index < count)
        return Self.address(at: names + index * Self.nameStride)
    }

    /// The local address that the sender spoke to: replies leave from it.
    package func destination(at index: Int) -> TransportAddress {
        precondition(index < count)
        var info = csockets_packet_info()
        guard messages[index].header.msg_controllen > 0,
            csockets_read_packet_info(&messages[index].header, &info)
        else { return localAddress }
        return withUnsafeBytes(of: &info.address) { bytes in
            if info.family == AF_INET {
                return TransportAddress(
                    ipv4: UInt32(bigEndian: bytes.load(as: UInt32.self)), port: localAddress.port)
            }
            let high = UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self))
            let scope = high >> 54 == 0x3FA ? UInt32(truncatingIfNeeded: info.interface_index) : 0
            return TransportAddress(
                ipv6High: high, low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
                port: localAddress.port, scope: scope)
        }
    }

    // MARK: Writing

    /// Where the next datagram's bytes are to be written: ``slotCapacity`` bytes. Precondition: not ``isFull``.
    package var vacantSlot: UnsafeMutableRawBufferPointer {
        precondition(count < capacity, "the batch is full")
        return UnsafeMutableRawBufferPointer(
            start: payloads + count * Self.slotCapacity, count: Self.slotCapacity)
    }

    /// Takes the first `length` bytes of ``vacantSlot`` as a datagram to `remote`, leaving from `local` (nil: from
    /// whatever the kernel chooses; the port is the socket's anyway).
    package func append(length: Int, to remote: TransportAddress, from local: TransportAddress? = nil) {
        precondition(count < capacity && length <= Self.slotCapacity)
        messages[count].length = UInt32(truncatingIfNeeded: length)
        vectors[count].iov_len = length
        Self.store(remote, at: names + count * Self.nameStride)
        messages[count].header.msg_controllen = 0
        if let local, !local.isUnspecified {
            writePacketInfo(local, at: count)
        }
        count += 1
    }

    /// Copies `payload` (at most ``slotCapacity`` bytes) as the next datagram.
    package func append(
        copying payload: UnsafeRawBufferPointer, to remote: TransportAddress, from local: TransportAddress? = nil
    ) {
        vacantSlot.copyMemory(from: payload)
        append(length: payload.count, to: remote, from: local)
    }

    // MARK: For UDPSocket

    /// Readies every slot for `recvmmsg`.
    func prepareToReceive(withPacketInfo: Bool) {
        count = 0
        for index in 0..<capacity {
            vectors[index].iov_len = Self.slotCapacity
            messages[index].header.msg_namelen = socklen_t(Self.nameStride)
            messages[index].header.msg_control = controls + index * Self.controlStride
            messages[index].header.msg_controllen = withPacketInfo ? Self.controlStride : 0
            messages[index].header.msg_flags = 0
        }
    }

    /// After `recvmmsg`: empties the datagrams that did not fit. Gives how many those were.
    func dropTruncated() -> Int {
        var dropped = 0
        for index in 0..<count where messages[index].header.msg_flags & Int32(MSG_TRUNC) != 0 {
            messages[index].length = 0
            dropped += 1
        }
        return dropped
    }

    /// Readies the appended datagrams for `sendmmsg` over a socket of `family`: an IPv6 socket reaches IPv4 addresses
    /// by their mapped form. `withPacketInfo` false when the socket is bound to one address and needs none.
    func prepareToSend(family: Int32, withPacketInfo: Bool) {
        for index in 0..<count {
            let name = names + index * Self.nameStride
            if family == AF_INET6, name.load(as: UInt16.self) == UInt16(AF_INET) {
                let mapped = Self.address(at: name)
                Self.storeMapped(mapped, at: name)
            }
            messages[index].header.msg_namelen = socklen_t(
                name.load(as: UInt16.self) == UInt16(AF_INET)
                    ? MemoryLayout<sockaddr_in>.size : MemoryLayout<sockaddr_in6>.size)
            if !withPacketInfo {
                messages[index].header.msg_controllen = 0
            }
            messages[index].header.msg_control =
                messages[index].header.msg_controllen == 0 ? nil : controls + index * Self.controlStride
            messages[index].header.msg_flags = 0
        }
    }

    private func writePacketInfo(_ local: TransportAddress, at index: Int) {
        var info = csockets_packet_info()
        withUnsafeMutableBytes(of: &info.address) { bytes in
            switch local.family {
            case .ipv4:
                info.family = AF_INET
                bytes.storeBytes(of: UInt32(truncatingIfNeeded: local.low).bigEndian, as: UInt32.self)
            case .ipv6:
                info.family = AF_INET6
                info.interface_index = Int32(bitPattern: local.scope)
                bytes.storeBytes(of: local.high.bigEndian, as: UInt64.self)
                bytes.storeBytes(of: local.low.bigEndian, toByteOffset: 8, as: UInt64.self)
            }
        }
        messages[index].header.msg_controllen =
            csockets_write_packet_info(controls + index * Self.controlStride, &info)
    }

    // MARK: Socket addresses

    /// Reads a `sockaddr_in` or `sockaddr_in6`.
    static func address(at name: UnsafeRawPointer) -> TransportAddress {
        let port = UInt16(bigEndian: name.load(fromByteOffset: 2, as: UInt16.self))
        if name.load(as: UInt16.self) == UInt16(AF_INET) {
            return TransportAddress(ipv4: UInt32(bigEndian: name.load(fromByteOffset: 4, as: UInt32.self)), port: port)
        }
        return TransportAddress(
            ipv6High: UInt64(bigEndian: name.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
            low: UInt64(bigEndian: name.loadUnaligned(fromByteOffset: 16, as: UInt64.self)), port: port,
            scope: name.load(fromByteOffset: 24, as: UInt32.self))
    }

    /// Writes a `sockaddr_in` or `sockaddr_in6`; gives its length.
    @discardableResult
    static func store(_ address: TransportAddress, at name: UnsafeMutableRawPointer) -> socklen_t {
        name.storeBytes(of: address.port.bigEndian, toByteOffset: 2, as: UInt16.self)
        switch address.family {
        case .ipv4:
            name.storeBytes(of: UInt16(AF_INET), as: UInt16.self)
            name.storeBytes(
                of: UInt32(truncatingIfNeeded: address.low).bigEndian, toByteOffset: 4, as: UInt32.self)
            name.storeBytes(of: 0, toByteOffset: 8, as: UInt64.self)
            return socklen_t(MemoryLayout<sockaddr_in>.size)
        case .ipv6:
            storeIPv6(high: address.high, low: address.low, scope: address.scope, at: name)
            return socklen_t(MemoryLayout<sockaddr_in6>.size)
        }
    }

    private static func storeMapped(_ address: TransportAddress, at name: UnsafeMutableRawPointer) {
        storeIPv6(high: 0, low: 0xFFFF_0000_0000 | address.low, scope: 0, at: name)
    }

    private static func storeIPv6(high: UInt64, low: UInt64, scope: UInt32, at name: UnsafeMutableRawPointer) {
        name.storeBytes(of: UInt16(AF_INET6), as: UInt16.self)
        name.storeBytes(of: 0, toByteOffset: 4, as: UInt32.self)
        name.storeBytes(of: high.bigEndian, toByteOffset: 8, as: UInt64.self)
        name.storeBytes(of: low.bigEndian, toByteOffset: 16, as: UInt64.self)
        name.storeBytes(of: scope, toByteOffset: 24, as: UInt32.self)
    }
}
