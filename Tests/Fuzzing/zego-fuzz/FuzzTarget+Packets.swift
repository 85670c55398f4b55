import RTP
import Transport
import WebRTC

// Datagrams and streams.
extension FuzzTarget {
    private static let here = TransportAddress(ipv4: 0x7F00_0001, port: 8790)
    private static let there = TransportAddress(ipv4: 0x7F00_0001, port: 40_000)
    private static let peer = TransportAddress(ipv4: 0xC000_0201, port: 5000)
    private static let ownCertificate: DTLSCertificate = {
        do {
            return try DTLSCertificate()
        } catch {
            preconditionFailure("OpenSSL makes no certificate: \(error)")
        }
    }()

    static var serverConfiguration: PeerConnectionConfiguration {
        PeerConnectionConfiguration(role: .server, certificate: ownCertificate, localAddresses: [here])
    }

    /// STUN, as every port takes it.
    static let stun: Run = { bytes in
        guard let message = STUNMessage(bytes) else { return }
        for type in 0...0x30 as ClosedRange<UInt16> { _ = message.value(of: type) }
        _ = (message.address(of: STUNAttribute.xorPeerAddress), message.number(of: STUNAttribute.lifetime))
        _ = (
            message.address(of: STUNAttribute.mappedAddress, xored: false), message.hasIntegrity(STUNKey(password: "p"))
        )
    }

    /// What a TURN server sends to a client that has asked it for an allocation: messages one after the other.
    static let turn: Run = { bytes in
        let server = TURNServer(address: there, transport: .tcp, username: "u", password: "p")
        let client = TURNClient(server: server, random: .seeded(1), now: .zero)
        var buffer = [UInt8](repeating: 0, count: TURNClient.maximumRequestLength)
        var now = MonotonicTime.zero
        var rest = bytes[...]
        while let length = rest.first, rest.count > 1 {
            rest = rest.dropFirst()
            let part = UnsafeRawBufferPointer(rebasing: rest.prefix(Int(length)))
            rest = rest.dropFirst(part.count)
            buffer.withUnsafeMutableBytes { while client.nextTransmit(into: $0) != nil {} }
            // The answers that are looked for have the transaction of the request: put it in.
            var message = Array(part)
            if message.count >= 20 { message.replaceSubrange(4..<20, with: buffer[4..<20]) }
            message.withUnsafeBytes { _ = client.receive($0, now: now) }
            client.permit(peer, now: now)
            client.bind(peer, now: now)
            now = now.advanced(byNanoseconds: 1_000_000_000)
            client.handleTimeout(now: now)
        }
    }

    static let rtp: Run = { bytes in
        _ = RTPHeader.isRTCP(bytes)
        guard let header = RTPHeader(bytes) else { return }
        demand(header.headerLength + header.payloadLength <= bytes.count, "a packet is not longer than its datagram")
        var map = HeaderExtensionMap()
        for (index, kind) in HeaderExtensionKind.allCases.enumerated() { map[kind] = UInt8(index + 1) }
        let extensions = RTPHeaderExtensions(header, bytes, map: map)
        var buffer = [UInt8](repeating: 0, count: 256)
        buffer.withUnsafeMutableBytes { _ = extensions.write(map: map, into: $0) }
        var elements = HeaderExtensionReader(header, bytes)
        while let element = elements.next() { _ = element.data.reduce(0, &+) }
        let payload = UnsafeRawBufferPointer(rebasing: bytes[header.payloadRange])
        _ = OpusPacket.samples(in: payload)
        _ = payload.reduce(0, &+)
    }

    /// What a peer tells of the packets that reached it, and what follows from it. The first byte says how many were sent.
    static let feedback: Run = { bytes in
        var path = PathEstimate()
        var now: Int64 = 1_000_000_000
        for number in 0..<Int(bytes.first ?? 0) * 4 {
            now += 20_000_000
            path.packetSent(
                stream: UInt8(number & 1), sequenceNumber: UInt16(number / 2), bytes: 200, nowNanoseconds: now)
        }
        let rest = UnsafeRawBufferPointer(rebasing: bytes.dropFirst())
        // Over and over, because what a far end's clock adds up to is nothing that one datagram shows.
        for _ in 0..<16 {
            for case .transportFeedback(let feedback) in RTCPCompoundReader(rest) {
                path.packetSent(
                    stream: 0, sequenceNumber: path.nextNumber, bytes: 200, nowNanoseconds: now)
                path.take(feedback) { stream, _ in demand(stream <= 1, "only of what was sent is anything told") }
                _ = path.settle(demand: 80_000, least: 20_000, nowNanoseconds: now)
                demand(path.limit.map { $0 >= 20_000 && $0 < 80_000 } ?? true, "a limit is below what is wanted")
                now += 20_000_000
            }
        }
    }

    static let rtcp: Run = { bytes in
        for packet in RTCPCompoundReader(bytes) {
            switch packet {
            case .senderReport(let report):
                for block in report.reportBlocks { _ = block.roundTripNanoseconds(arrival: report.ntpTime) }
            case .receiverReport(let report): for block in report.reportBlocks { _ = block.ssrc }
            case .sourceDescription(let description): for item in description { _ = item.name.reduce(0, &+) }
            case .goodbye(let goodbye): for source in goodbye { _ = source }
            case .genericNACK(let request): for number in request { _ = number }
            case .transportFeedback(let feedback): for result in feedback { _ = result.arrivalTicks }
            case .receiverEstimate(let estimate): for source in estimate { _ = source }
            case .other(_, _, let body): _ = body.reduce(0, &+)
            }
        }
    }

    static let red: Run = { bytes in
        _ = REDReader.primary(of: bytes)?.data.reduce(0, &+)
        guard var reader = REDReader(bytes) else { return }
        var count = 0
        while let block = reader.next() {
            count += 1
            _ = OpusPacket.samples(in: block.data)
            _ = block.data.reduce(0, &+)
        }
        demand(count <= reader.blockCount, "no more blocks than were announced")
        var copy = Array(bytes)
        copy.withUnsafeMutableBytes { _ = REDWriter.replacePayloadType(111, by: 96, in: $0) }
    }

    /// Whatever comes to a server's session: the demultiplexer, ICE-lite, DTLS in its handshake, SRTP without keys.
    static let datagram: Run = { bytes in
        let connection = PeerConnection(configuration: serverConfiguration, random: .seeded(1), now: .zero)
        guard (try? connection.applyOffer(offerText, now: .zero)) != nil,
            (try? connection.answer(["0": .receive], now: .zero)) != nil
        else { return demand(false, "the offer is one") }
        var now = MonotonicTime.zero
        var rest = bytes[...]
        var buffer = [UInt8](repeating: 0, count: 2048)
        while let length = rest.first, rest.count > 1 {
            rest = rest.dropFirst()
            var part = Array(rest.prefix(Int(length) * 2))
            rest = rest.dropFirst(part.count)
            part.withUnsafeMutableBytes { _ = connection.receive($0, from: there, to: here, now: now) }
            buffer.withUnsafeMutableBytes { while connection.nextTransmit(into: $0) != nil {} }
            while connection.nextEvent() != nil {}
            now = now.advanced(byNanoseconds: 50_000_000)
            connection.handleTimeout(now: now)
        }
    }

    private static let offerText = [
        "v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0", "m=audio 9 UDP/TLS/RTP/SAVPF 111 63",
        "c=IN IP4 0.0.0.0", "a=mid:0", "a=ice-ufrag:abcd", "a=ice-pwd:abcdefghijklmnopqrstuvwx",
        "a=fingerprint:sha-256 \(Array(repeating: "AB", count: 32).joined(separator: ":"))", "a=setup:actpass",
        "a=rtcp-mux", "a=sendonly", "a=rtpmap:111 opus/48000/2", "a=rtpmap:63 red/48000/2", "a=fmtp:63 111/111", "",
    ].joined(separator: "\r\n")

    /// A TCP stream of framed datagrams, in portions as the first byte says.
    static let stream: Run = { bytes in
        for framing in [StreamFraming.rfc4571, .turn] {
            let deframer = StreamDeframer(framing)
            var rest = bytes.dropFirst()
            let portion = max(1, Int(bytes.first ?? 1))
            while !rest.isEmpty, !deframer.isMalformed {
                let space = deframer.space
                let count = min(portion, rest.count, space.count)
                demand(count > 0, "there is room as long as messages are taken")
                space.copyBytes(from: rest.prefix(count))
                deframer.fill(count)
                rest = rest.dropFirst(count)
                while let message = deframer.next() { _ = message.reduce(0, &+) }
            }
        }
    }
}
