import RTP
import Transport
import WebRTC

/// A TURN server (RFC 8656) over UDP on the simulated network, strict about what it lets through, with faults on demand.
package final class SimulatedTURNServer: SimulatedEndpoint {
    private struct Allocation {
        let client: TransportAddress
        let relayed: TransportAddress
        /// The request that it was made for: repeated, it gets the same answer.
        let transaction: STUNTransactionID
        var until: MonotonicTime
        var permissions: [TransportAddress: MonotonicTime] = [:]
        var channels: [UInt16: (peer: TransportAddress, until: MonotonicTime)] = [:]
    }

    package let address: TransportAddress
    package let realm = Array("simulation".utf8)
    package var username = "user"
    package var password = "password"
    /// PASSWORD-ALGORITHMS to offer (RFC 8489), such as `[2, 1]`; nil: a server of before that.
    package var algorithms: [UInt16]?
    /// Whether to answer with a nonce that says that algorithms are offered, and offer none: somebody took them out.
    package var dropsAlgorithms = false
    /// Errors for the next requests with good credentials.
    package var refusals: [STUNErrorCode] = []
    /// Sends Allocate requests there.
    package var alternate: TransportAddress?
    package var lifetime: UInt32 = 600
    /// Whether it answers at all.
    package var isDown = false
    package private(set) var requests: [UInt16] = []
    package private(set) var staleNonces = 0
    package private(set) var relayedDatagrams = 0
    package private(set) var channelDatagrams = 0
    package private(set) var refusedDatagrams = 0

    private var allocations: [Allocation] = []
    private var nextPort: UInt16 = 50_000
    private var nonceNumber = 1
    private var outbox: [(bytes: [UInt8], from: TransportAddress, to: TransportAddress)] = []

    package init(_ address: TransportAddress) {
        self.address = address
    }

    package var addresses: [TransportAddress] { [address] + allocations.map(\.relayed) }
    package var deadline: MonotonicTime { .distantFuture }
    package func handleTimeout(now: MonotonicTime) {}

    package var allocationCount: Int { allocations.count }

    /// Forgets all clients, as after a restart.
    package func restart() {
        allocations = []
        nonceNumber += 1
    }

    /// The next request with the present nonce is told that it is stale.
    package func changeNonce() { nonceNumber += 1 }

    package func transmit(
        now: MonotonicTime, send: (UnsafeRawBufferPointer, TransportAddress, TransportAddress) -> Void
    ) {
        for (bytes, from, to) in outbox { bytes.withUnsafeBytes { send($0, from, to) } }
        outbox = []
    }

    package func receive(
        _ datagram: UnsafeMutableRawBufferPointer, from: TransportAddress, to: TransportAddress, now: MonotonicTime
    ) {
        guard !isDown else { return }
        allocations.removeAll { $0.until <= now }
        let bytes = UnsafeRawBufferPointer(datagram)
        if to != address { return relayIn(bytes, from: from, to: to, now: now) }
        if bytes.count >= 4, 64...79 ~= bytes[0] { return takeChannelData(bytes, from: from, now: now) }
        guard let message = STUNMessage(bytes) else { return }
        switch message.messageClass {
        case .request: answer(message, to: from, now: now)
        case .indication: takeIndication(message, from: from, now: now)
        case .success, .error: break
        }
    }

    // MARK: Datagrams

    private func index(of client: TransportAddress) -> Int? { allocations.firstIndex { $0.client == client } }

    private func relayIn(
        _ bytes: UnsafeRawBufferPointer, from: TransportAddress, to: TransportAddress, now: MonotonicTime
    ) {
        guard let index = allocations.firstIndex(where: { $0.relayed == to }),
            allocations[index].permissions[from.with(port: 0)].map({ $0 > now }) == true
        else {
            refusedDatagrams += 1
            return
        }
        relayedDatagrams += 1
        let client = allocations[index].client
        if let channel = allocations[index].channels.first(where: { $0.value.peer == from && $0.value.until > now })?
            .key
        {
            channelDatagrams += 1
            let head = [UInt8(channel >> 8), UInt8(channel & 255), UInt8(bytes.count >> 8), UInt8(bytes.count & 255)]
            outbox.append((head + Array(bytes), address, client))
            return
        }
        let payload = Array(bytes)
        write(.indication, STUNTransactionID(high: 1, low: 1), STUNMessage.data, to: client) { writer in
            writer.add(STUNAttribute.xorPeerAddress, xored: from)
            writer.add(STUNAttribute.data, payload)
        }
    }

    private func takeChannelData(_ bytes: UnsafeRawBufferPointer, from: TransportAddress, now: MonotonicTime) {
        let channel = bytes.bigEndianUInt16(at: 0)
        let length = Int(bytes.bigEndianUInt16(at: 2))
        guard let index = index(of: from), let bound = allocations[index].channels[channel], bound.until > now,
            4 + length <= bytes.count
        else {
            refusedDatagrams += 1
            return
        }
        channelDatagrams += 1
        relayOut(Array(bytes[4..<(4 + length)]), index, to: bound.peer, now: now)
    }

    private func takeIndication(_ message: STUNMessage, from: TransportAddress, now: MonotonicTime) {
        guard message.method == STUNMessage.send, let index = index(of: from),
            let peer = message.address(of: STUNAttribute.xorPeerAddress),
            let data = message.value(of: STUNAttribute.data)
        else { return }
        relayOut(Array(data), index, to: peer, now: now)
    }

    private func relayOut(_ bytes: [UInt8], _ index: Int, to peer: TransportAddress, now: MonotonicTime) {
        guard allocations[index].permissions[peer.with(port: 0)].map({ $0 > now }) == true else {
            refusedDatagrams += 1
            return
        }
        relayedDatagrams += 1
        outbox.append((bytes, allocations[index].relayed, peer))
    }

    // MARK: Requests

    private var nonce: [UInt8] {
        let cookie = algorithms != nil || dropsAlgorithms ? "obMatJos2gAAA" : ""
        return Array("\(cookie)nonce-\(nonceNumber)".utf8)
    }

    private var key: STUNKey? {
        let algorithm: UInt16 = algorithms?.contains(2) == true ? 2 : 1
        let bytes = TURNKey.make(
            username: Array(username.utf8), realm: realm, password: password, algorithm: algorithm)
        return bytes.map { STUNKey(bytes: $0, digest: algorithms == nil ? .sha1 : .sha256) }
    }

    private func answer(_ message: STUNMessage, to client: TransportAddress, now: MonotonicTime) {
        guard message.method != STUNMessage.binding else {
            return succeed(message, to: client) { $0.addXORMappedAddress(client) }
        }
        guard let given = message.value(of: STUNAttribute.nonce) else {
            return challenge(message, .unauthenticated, to: client)
        }
        guard Array(given) == nonce else {
            staleNonces += 1
            return challenge(message, .staleNonce, to: client)
        }
        guard let key, message.hasIntegrity(key), message.username.map(Array.init) == Array(username.utf8) else {
            return challenge(message, .unauthenticated, to: client)
        }
        requests.append(message.method)
        if !refusals.isEmpty { return refuse(message, refusals.removeFirst(), to: client) }
        switch message.method {
        case STUNMessage.allocate: allocate(message, to: client, now: now)
        case STUNMessage.refresh: refresh(message, to: client, now: now)
        default: change(message, to: client, now: now)
        }
    }

    private func allocate(_ message: STUNMessage, to client: TransportAddress, now: MonotonicTime) {
        if let alternate {
            return fail(message, .tryAlternate, to: client) { writer in
                let address = UInt32(truncatingIfNeeded: alternate.low)
                writer.add(
                    STUNAttribute.alternateServer,
                    [0, 1, UInt8(alternate.port >> 8), UInt8(alternate.port & 255)]
                        + (0..<4).map { UInt8(truncatingIfNeeded: address >> UInt32(24 - 8 * $0)) })
            }
        }
        if let known = index(of: client) {
            guard allocations[known].transaction == message.transactionID else {
                return refuse(message, .allocationMismatch, to: client)
            }
            return tell(allocations[known].relayed, message, to: client)
        }
        let relayed = address.with(port: nextPort)
        nextPort += 1
        allocations.append(
            Allocation(
                client: client, relayed: relayed, transaction: message.transactionID,
                until: now.advanced(byMilliseconds: Int64(lifetime) * 1000)))
        tell(relayed, message, to: client)
    }

    private func tell(_ relayed: TransportAddress, _ message: STUNMessage, to client: TransportAddress) {
        succeed(message, to: client) { [lifetime] writer in
            writer.add(STUNAttribute.xorRelayedAddress, xored: relayed)
            writer.addXORMappedAddress(client)
            writer.add(STUNAttribute.lifetime, lifetime)
        }
    }

    private func refresh(_ message: STUNMessage, to client: TransportAddress, now: MonotonicTime) {
        guard let index = index(of: client) else { return refuse(message, .allocationMismatch, to: client) }
        let granted = min(message.number(of: STUNAttribute.lifetime) ?? lifetime, lifetime)
        allocations[index].until = now.advanced(byMilliseconds: Int64(granted) * 1000)
        if granted == 0 { allocations.remove(at: index) }
        succeed(message, to: client) { $0.add(STUNAttribute.lifetime, granted) }
    }

    /// A permission or a channel.
    private func change(_ message: STUNMessage, to client: TransportAddress, now: MonotonicTime) {
        guard let index = index(of: client) else { return refuse(message, .allocationMismatch, to: client) }
        guard let peer = message.address(of: STUNAttribute.xorPeerAddress) else {
            return refuse(message, .badRequest, to: client)
        }
        allocations[index].permissions[peer.with(port: 0)] = now.advanced(byMilliseconds: 300_000)
        if message.method == STUNMessage.channelBind {
            let number = UInt16((message.number(of: STUNAttribute.channelNumber) ?? 0) >> 16)
            let isTaken = allocations[index].channels.contains {
                ($0.key == number) != ($0.value.peer == peer) && $0.value.until > now
            }
            guard 0x4000...0x4FFF ~= number, !isTaken else { return refuse(message, .badRequest, to: client) }
            allocations[index].channels[number] = (peer, now.advanced(byMilliseconds: 600_000))
        }
        succeed(message, to: client) { _ in }
    }

    // MARK: Answers

    private func challenge(_ message: STUNMessage, _ code: STUNErrorCode, to client: TransportAddress) {
        write(.error, message.transactionID, message.method, to: client) { writer in
            writer.addErrorCode(code)
            writer.add(STUNAttribute.realm, realm)
            writer.add(STUNAttribute.nonce, nonce)
            if let algorithms {
                writer.add(
                    STUNAttribute.passwordAlgorithms, algorithms.flatMap { [UInt8($0 >> 8), UInt8($0 & 255), 0, 0] })
            }
        }
    }

    private func refuse(_ message: STUNMessage, _ code: STUNErrorCode, to client: TransportAddress) {
        fail(message, code, to: client) { _ in }
    }

    private func fail(
        _ message: STUNMessage, _ code: STUNErrorCode, to client: TransportAddress, _ more: (inout STUNWriter) -> Void
    ) {
        write(.error, message.transactionID, message.method, to: client) { writer in
            writer.addErrorCode(code)
            more(&writer)
            if let key { writer.addIntegrity(key) }
        }
    }

    private func succeed(
        _ message: STUNMessage, to client: TransportAddress, _ more: (inout STUNWriter) -> Void
    ) {
        let isBinding = message.method == STUNMessage.binding
        write(.success, message.transactionID, message.method, to: client) { writer in
            more(&writer)
            if !isBinding, let key { writer.addIntegrity(key) }
        }
    }

    private func write(
        _ messageClass: STUNMessage.Class, _ id: STUNTransactionID, _ method: UInt16, to client: TransportAddress,
        _ body: (inout STUNWriter) -> Void
    ) {
        var buffer = [UInt8](repeating: 0, count: 2048)
        let length = buffer.withUnsafeMutableBytes { bytes in
            var writer = STUNWriter(bytes, messageClass, id, method: method)
            body(&writer)
            writer.addFingerprint()
            return writer.length
        }
        outbox.append((Array(buffer[..<length]), address, client))
    }
}
