import NetworkSimulation
import Transport
import WebRTC

/// An ICE agent in a ``Simulation``: what it says is kept for the test to look at.
final class ICEEndpoint: SimulatedEndpoint {
    let agent: any ICETransport
    var addresses: [TransportAddress]
    private(set) var events: [(at: MonotonicTime, event: ICEEvent)] = []
    private(set) var drops: [DropReason] = []

    init(_ agent: any ICETransport, _ addresses: [TransportAddress]) {
        self.agent = agent
        self.addresses = addresses
    }

    var deadline: MonotonicTime { agent.deadline }

    func receive(
        _ datagram: UnsafeMutableRawBufferPointer, from: TransportAddress, to: TransportAddress, now: MonotonicTime
    ) {
        guard let message = STUNMessage(UnsafeRawBufferPointer(datagram)) else {
            drops.append(.malformedSTUN)
            return
        }
        if let reason = agent.receive(message, on: TransportTuple(local: to, remote: from), now: now) {
            drops.append(reason)
        }
        collect(now: now)
    }

    func handleTimeout(now: MonotonicTime) {
        agent.handleTimeout(now: now)
        collect(now: now)
    }

    func transmit(now: MonotonicTime, send: (UnsafeRawBufferPointer, TransportAddress, TransportAddress) -> Void) {
        collect(now: now)
        withUnsafeTemporaryAllocation(byteCount: 2048, alignment: 8) { buffer in
            while let datagram = agent.nextTransmit(into: buffer) {
                let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<datagram.length])
                send(bytes, datagram.path.local, datagram.path.remote)
            }
        }
    }

    private func collect(now: MonotonicTime) {
        while let event = agent.nextEvent() { events.append((now, event)) }
    }

    func has(_ event: ICEEvent) -> Bool {
        events.contains { $0.event == event }
    }

    func count(_ event: ICEEvent) -> Int {
        events.count { $0.event == event }
    }
}

/// Answers binding requests like a STUN server.
final class STUNServerEndpoint: SimulatedEndpoint {
    let addresses: [TransportAddress]
    private var answers: [(bytes: [UInt8], to: TransportAddress)] = []

    init(_ address: TransportAddress) {
        addresses = [address]
    }

    var deadline: MonotonicTime { .distantFuture }
    func handleTimeout(now: MonotonicTime) {}

    func receive(
        _ datagram: UnsafeMutableRawBufferPointer, from: TransportAddress, to: TransportAddress, now: MonotonicTime
    ) {
        guard let message = STUNMessage(UnsafeRawBufferPointer(datagram)), message.messageClass == .request else {
            return
        }
        var buffer = [UInt8](repeating: 0, count: STUNWriter.maximumLength)
        let length = buffer.withUnsafeMutableBytes { bytes in
            var writer = STUNWriter(bytes, .success, message.transactionID)
            writer.addXORMappedAddress(from)
            writer.addFingerprint()
            return writer.length
        }
        answers.append((Array(buffer[..<length]), from))
    }

    func transmit(now: MonotonicTime, send: (UnsafeRawBufferPointer, TransportAddress, TransportAddress) -> Void) {
        for answer in answers { answer.bytes.withUnsafeBytes { send($0, addresses[0], answer.to) } }
        answers = []
    }
}
