import NetworkSimulation
import RTP
import Transport
import WebRTC

/// A client with its ``PeerConnection``: sends 20 ms packets on what it publishes, and keeps what arrives.
final class CallParty: SimulatedEndpoint {
    struct Arrival: Equatable {
        let at: MonotonicTime
        let section: Int
        let ssrc: UInt32
        let sequenceNumber: UInt16
        let text: String
    }

    let name: String
    /// Hosts with such addresses stand for the TCP connections of others: what goes from there is taken for a stream.
    static func isStream(_ address: TransportAddress) -> Bool { address.host.hasPrefix("10.99.") }

    var addresses: [TransportAddress]
    let connection: PeerConnection
    /// TCP connections that are open, by their numbers: the address that stands for the local end, and where they lead.
    private(set) var streams: [UInt32: (local: TransportAddress, remote: TransportAddress)] = [:]
    /// Whether connections can be made.
    var opensStreams = true
    private(set) var arrivals: [Arrival] = []
    private(set) var reports = 0
    private(set) var events: [(at: MonotonicTime, event: PeerConnectionEvent)] = []
    private(set) var sentPackets = 0

    /// The section that packets are sent in, and when the next one is due.
    private var publishedMid: String?
    private var nextPacketAt = MonotonicTime.distantFuture
    private var lastPacketAt = MonotonicTime.distantFuture
    private var sequenceNumber: UInt16 = 100
    private var outbox: [(bytes: [UInt8], path: TransportTuple)] = []

    init(
        _ name: String, _ addresses: [TransportAddress], role: PeerConnectionConfiguration.Role = .client, seed: UInt64,
        stunServers: [TransportAddress] = [], turnServers: [TURNServer] = []
    ) throws {
        self.name = name
        self.addresses = addresses
        let configuration = PeerConnectionConfiguration(
            role: role, certificate: try DTLSCertificate(), localAddresses: addresses, stunServers: stunServers,
            turnServers: turnServers)
        connection = PeerConnection(configuration: configuration, random: .seeded(seed), now: .zero)
    }

    /// Sends `count` packets, one each 20 ms, in the section `mid`.
    func sendPackets(_ count: Int, mid: String, from now: MonotonicTime) {
        publishedMid = mid
        nextPacketAt = now
        lastPacketAt = now.advanced(byMilliseconds: Int64(count - 1) * 20)
    }

    var deadline: MonotonicTime { min(connection.deadline, nextPacketAt) }

    func receive(
        _ datagram: UnsafeMutableRawBufferPointer, from: TransportAddress, to: TransportAddress, now: MonotonicTime
    ) {
        let stream = streams.first { $0.value.local == to }?.key
        let result =
            stream.map { connection.receive(datagram, fromStream: $0, now: now) }
            ?? connection.receive(datagram, from: from, to: to, now: now)
        switch result {
        case .rtp(let length, let section): keep(UnsafeRawBufferPointer(datagram), length, section, now)
        case .rtcp: reports += 1
        case .consumed, .dropped: break
        }
        collect(now: now)
    }

    private func keep(_ datagram: UnsafeRawBufferPointer, _ length: Int, _ section: Int, _ now: MonotonicTime) {
        let packet = UnsafeRawBufferPointer(rebasing: datagram[..<length])
        guard let header = RTPHeader(packet) else { return }
        arrivals.append(
            Arrival(
                at: now, section: section, ssrc: header.ssrc, sequenceNumber: header.sequenceNumber,
                text: String(decoding: packet[header.payloadRange], as: UTF8.self)))
    }

    func handleTimeout(now: MonotonicTime) {
        connection.handleTimeout(now: now)
        while now >= nextPacketAt {
            sendPacket(now: now)
            nextPacketAt =
                nextPacketAt >= lastPacketAt ? .distantFuture : nextPacketAt.advanced(byMilliseconds: 20)
        }
        collect(now: now)
    }

    private func sendPacket(now: MonotonicTime) {
        guard let mid = publishedMid, let section = connection.section(mid: mid), let track = section.localTrack,
            let path = connection.selectedPath
        else { return }
        let header = RTPHeader(
            payloadType: section.opusPayloadType, sequenceNumber: sequenceNumber,
            timestamp: UInt32(sequenceNumber) * 960, ssrc: track.ssrc)
        let extensions = RTPHeaderExtensions(mid: MediaIdentifier(mid))
        let payload = Array("\(name) \(sequenceNumber)".utf8)
        var headerBytes = [UInt8](repeating: 0, count: 64)
        var packet = [UInt8](repeating: 0, count: 512)
        let length = headerBytes.withUnsafeMutableBytes { headerBytes in
            guard let headerLength = header.write(extensions: extensions, map: section.extensions, into: headerBytes)
            else { return Int?.none }
            return payload.withUnsafeBytes { payload in
                packet.withUnsafeMutableBytes { packet in
                    connection.protectRTP(
                        header: UnsafeRawBufferPointer(rebasing: headerBytes[..<headerLength]), payload: payload,
                        into: packet)
                }
            }
        }
        sequenceNumber += 1
        guard let length,
            let datagram = packet.withUnsafeMutableBytes({ connection.envelop($0, length: length, on: path) })
        else { return }
        sentPackets += 1
        outbox.append((Array(packet[..<datagram.length]), datagram.path))
    }

    func transmit(now: MonotonicTime, send: (UnsafeRawBufferPointer, TransportAddress, TransportAddress) -> Void) {
        collect(now: now)
        withUnsafeTemporaryAllocation(byteCount: PeerConnection.maximumDatagramLength, alignment: 8) { buffer in
            while let datagram = connection.nextTransmit(into: buffer) {
                let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<datagram.length])
                send(bytes, local(of: datagram.path), datagram.path.remote)
            }
        }
        for (bytes, path) in outbox { bytes.withUnsafeBytes { send($0, local(of: path), path.remote) } }
        outbox = []
    }

    private func local(of path: TransportTuple) -> TransportAddress {
        if case .stream(let number) = path.carrier, let stream = streams[number] { return stream.local }
        return path.local.isUnspecified ? addresses[0] : path.local
    }

    private func collect(now: MonotonicTime) {
        while let event = connection.nextEvent() {
            events.append((now, event))
            switch event {
            case .openStream(let request): open(request, now: now)
            case .closeStream(let number): forget(stream: number)
            default: break
            }
        }
    }

    private func open(_ request: StreamRequest, now: MonotonicTime) {
        guard opensStreams, request.framing == .rfc4571 else {
            return connection.streamClosed(request.number, now: now)
        }
        let last = addresses[0].low & 0xFF
        let local = Call.address("10.99.0.\(last)", UInt16(request.number))
        streams[request.number] = (local, request.remote)
        addresses.append(local)
        connection.streamOpened(request.number, local: local, now: now)
    }

    private func forget(stream number: UInt32) {
        guard let stream = streams.removeValue(forKey: number) else { return }
        addresses.removeAll { $0 == stream.local }
    }

    /// All connections break.
    func breakStreams(now: MonotonicTime) {
        for number in streams.keys {
            forget(stream: number)
            connection.streamClosed(number, now: now)
        }
        collect(now: now)
    }

    func has(_ event: PeerConnectionEvent) -> Bool {
        events.contains { $0.event == event }
    }

    /// Which of the packets that arrived say that `sender` sent them.
    func heard(_ sender: String) -> [Arrival] {
        arrivals.filter { $0.text.hasPrefix("\(sender) ") }
    }
}
