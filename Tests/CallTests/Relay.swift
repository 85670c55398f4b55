import NetworkSimulation
import RTP
import Transport
import WebRTC

/// A small forwarding server at one address: sessions are found by ufrag, then by validated tuple; RTP is opened once
/// and protected anew for each listener under an SSRC and sequence numbers of its own.
final class Relay: SimulatedEndpoint {
    let addresses: [TransportAddress]
    private let certificate: DTLSCertificate
    private var seed: UInt64
    private(set) var sessions: [RelaySession] = []
    private var byTuple: [TransportTuple: RelaySession] = [:]
    private var outbox: [(bytes: [UInt8], path: TransportTuple)] = []
    private(set) var log: [String] = []
    private(set) var foreign = 0

    init(_ address: TransportAddress, seed: UInt64) throws {
        addresses = [address]
        certificate = try DTLSCertificate()
        self.seed = seed
    }

    func session(_ name: String) -> RelaySession {
        if let known = sessions.first(where: { $0.name == name }) { return known }
        seed += 1
        let configuration = PeerConnectionConfiguration(
            role: .server, certificate: certificate, localAddresses: addresses, tcpAddresses: addresses,
            ufragPrefix: "r1")
        let session = RelaySession(
            name, PeerConnection(configuration: configuration, random: .seeded(seed), now: .zero))
        sessions.append(session)
        return session
    }

    /// One round of negotiation: what `name` publishes and plays, by mid.
    func negotiate(
        _ name: String, offer: String, publish: [String: String] = [:], play: [String: String] = [:], now: MonotonicTime
    ) throws -> String {
        let session = session(name)
        let offered = try session.connection.applyOffer(offer, now: now)
        var decisions: [String: SectionDecision] = [:]
        session.published = [:]
        var listening: [RelaySession.Listening] = []
        for section in offered {
            if let stream = publish[section.mid] {
                decisions[section.mid] = .receive
                session.published[section.index] = stream
            } else if let stream = play[section.mid] {
                let known = session.listening.first { $0.streamID == stream && $0.mid == section.mid }
                seed += 1
                let entry = known ?? .init(streamID: stream, mid: section.mid, ssrc: UInt32(seed) * 1000)
                listening.append(entry)
                decisions[section.mid] = .send(
                    LocalTrack(ssrc: entry.ssrc, streamID: stream, cname: "relay"))
            }
        }
        session.listening = listening
        let answer = try session.connection.answer(decisions, now: now)
        session.ufrags = session.connection.localUfrags.compactMap(UfragKey.init)
        return answer
    }

    var deadline: MonotonicTime {
        sessions.map(\.connection.deadline).min() ?? .distantFuture
    }

    func handleTimeout(now: MonotonicTime) {
        for session in sessions {
            session.connection.handleTimeout(now: now)
            collect(session, now: now)
        }
    }

    func receive(
        _ datagram: UnsafeMutableRawBufferPointer, from: TransportAddress, to: TransportAddress, now: MonotonicTime
    ) {
        let tuple = TransportTuple(
            local: to, remote: from, carrier: CallParty.isStream(from) ? .stream(UInt32(from.port)) : .udp)
        let readable = UnsafeRawBufferPointer(datagram)
        let ufrag = DatagramKind(readable) == .stun ? UfragKey(requestIn: readable) : nil
        let owner = ufrag.flatMap { key in sessions.first { $0.ufrags.contains(key) } } ?? byTuple[tuple]
        guard let session = owner else {
            foreign += 1
            return
        }
        if case .rtp(let length, let section) = session.connection.receive(datagram, on: tuple, now: now) {
            forward(UnsafeRawBufferPointer(rebasing: readable[..<length]), section, of: session)
        }
        collect(session, now: now)
    }

    private func collect(_ session: RelaySession, now: MonotonicTime) {
        while let event = session.connection.nextEvent() {
            session.events.append(event)
            log.append("\(now.nanoseconds) \(session.name) \(event)")
            switch event {
            case .tupleValidated(let tuple): byTuple[tuple] = session
            case .tupleForgotten(let tuple): byTuple[tuple] = nil
            case .localUfragRetired(let ufrag): session.ufrags.removeAll { $0 == UfragKey(ufrag) }
            default: break
            }
        }
    }

    private func forward(_ packet: UnsafeRawBufferPointer, _ section: Int, of publisher: RelaySession) {
        guard let stream = publisher.published[section], let incoming = RTPHeader(packet) else { return }
        let payload = UnsafeRawBufferPointer(rebasing: packet[incoming.payloadRange])
        for listener in sessions {
            for index in listener.listening.indices where listener.listening[index].streamID == stream {
                let entry = listener.listening[index]
                guard let path = listener.connection.selectedPath,
                    let agreed = listener.connection.section(mid: entry.mid)
                else { continue }
                listener.listening[index].sequenceNumber += 1
                let header = RTPHeader(
                    marker: incoming.marker, payloadType: agreed.opusPayloadType, sequenceNumber: entry.sequenceNumber,
                    timestamp: incoming.timestamp, ssrc: entry.ssrc)
                let extensions = RTPHeaderExtensions(mid: MediaIdentifier(entry.mid))
                withUnsafeTemporaryAllocation(byteCount: 2048, alignment: 8) { buffer in
                    guard let length = header.write(extensions: extensions, map: agreed.extensions, into: buffer)
                    else { return }
                    let written = Array(UnsafeRawBufferPointer(rebasing: buffer[..<length]))
                    let protected = written.withUnsafeBytes {
                        listener.connection.protectRTP(header: $0, payload: payload, into: buffer)
                    }
                    guard let protected else { return }
                    outbox.append((Array(UnsafeRawBufferPointer(rebasing: buffer[..<protected])), path))
                }
            }
        }
    }

    func transmit(now: MonotonicTime, send: (UnsafeRawBufferPointer, TransportAddress, TransportAddress) -> Void) {
        withUnsafeTemporaryAllocation(byteCount: PeerConnection.maximumDatagramLength, alignment: 8) { buffer in
            for session in sessions {
                while let datagram = session.connection.nextTransmit(into: buffer) {
                    let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<datagram.length])
                    send(bytes, datagram.path.local, datagram.path.remote)
                }
            }
        }
        for (bytes, path) in outbox { bytes.withUnsafeBytes { send($0, path.local, path.remote) } }
        outbox = []
    }
}
