import NetworkSimulation
import Transport
import WebRTC

/// A TURN client in a ``Simulation``: keeps what peers send, and what the client tells.
final class TURNEndpoint: SimulatedEndpoint {
    let client: TURNClient
    let addresses: [TransportAddress]
    private(set) var events: [TURNEvent] = []
    private(set) var heard: [(at: MonotonicTime, from: TransportAddress, text: String)] = []
    private var outbox: [[UInt8]] = []
    /// Changes what comes from the server before the client sees it.
    var damage: (UnsafeMutableRawBufferPointer) -> Void = { _ in }

    init(_ client: TURNClient, _ address: TransportAddress) {
        self.client = client
        addresses = [address]
    }

    var relayed: TransportAddress? {
        for case .allocated(let relayed, _) in events { return relayed }
        return nil
    }

    var failure: TURNFailure? {
        for case .ended(let failure) in events { return failure }
        return nil
    }

    var deadline: MonotonicTime { client.deadline }

    func receive(
        _ datagram: UnsafeMutableRawBufferPointer, from: TransportAddress, to: TransportAddress, now: MonotonicTime
    ) {
        damage(datagram)
        if case .data(let peer, let offset, let length) = client.receive(UnsafeRawBufferPointer(datagram), now: now) {
            heard.append((now, peer, String(decoding: datagram[offset..<(offset + length)], as: UTF8.self)))
        }
        collect()
    }

    func handleTimeout(now: MonotonicTime) {
        client.handleTimeout(now: now)
        collect()
    }

    /// Sends a text to a peer by the relay; false if there is no way.
    func say(_ text: String, to peer: TransportAddress) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 2048)
        let length = buffer.withUnsafeMutableBytes { bytes in
            bytes.copyBytes(from: text.utf8)
            return client.wrap(bytes, length: text.utf8.count, to: peer)
        }
        guard let length else { return false }
        outbox.append(Array(buffer[..<length]))
        return true
    }

    func transmit(now: MonotonicTime, send: (UnsafeRawBufferPointer, TransportAddress, TransportAddress) -> Void) {
        collect()
        withUnsafeTemporaryAllocation(byteCount: 2048, alignment: 8) { buffer in
            while let length = client.nextTransmit(into: buffer) {
                send(UnsafeRawBufferPointer(rebasing: buffer[..<length]), addresses[0], client.server.address)
            }
        }
        for bytes in outbox { bytes.withUnsafeBytes { send($0, addresses[0], client.server.address) } }
        outbox = []
    }

    private func collect() {
        while let event = client.nextEvent() { events.append(event) }
    }
}

/// Sends every datagram back.
final class EchoEndpoint: SimulatedEndpoint {
    let addresses: [TransportAddress]
    private(set) var heard = 0
    private var answers: [(bytes: [UInt8], to: TransportAddress)] = []

    init(_ address: TransportAddress) {
        addresses = [address]
    }

    var deadline: MonotonicTime { .distantFuture }
    func handleTimeout(now: MonotonicTime) {}

    func receive(
        _ datagram: UnsafeMutableRawBufferPointer, from: TransportAddress, to: TransportAddress, now: MonotonicTime
    ) {
        heard += 1
        answers.append((Array(datagram), from))
    }

    func transmit(now: MonotonicTime, send: (UnsafeRawBufferPointer, TransportAddress, TransportAddress) -> Void) {
        for (bytes, to) in answers { bytes.withUnsafeBytes { send($0, addresses[0], to) } }
        answers = []
    }
}
