import RTP
import Transport

/// Datagrams in and out.
extension PeerConnection {
    /// Takes a datagram; media is decrypted in place.
    ///
    /// Only STUN is read from anywhere; DTLS, RTP and RTCP count only from tuples that an integrity-checked STUN
    /// message of the peer has come from, so that nobody else can disturb the handshake or use up processing time.
    ///
    /// - Parameters:
    ///   - datagram: at most ``maximumDatagramLength`` bytes.
    ///   - source: where it came from.
    ///   - local: the address it was sent to (client: one of the configured local addresses).
    package func receive(
        _ datagram: UnsafeMutableRawBufferPointer, from source: TransportAddress, to local: TransportAddress,
        now: MonotonicTime
    ) -> ReceivedDatagram {
        guard !hasEnded else { return drop(.closed) }
        guard 1...Self.maximumDatagramLength ~= datagram.count else { return drop(.length) }
        if !relays.isEmpty, let result = receiveRelayed(datagram, from: source, now: now) { return result }
        return receive(datagram, on: TransportTuple(local: local, remote: source), now: now)
    }

    /// As ``receive(_:from:to:now:)``, for a way that is known already (on a server also a connection of ICE-TCP).
    package func receive(
        _ datagram: UnsafeMutableRawBufferPointer, on tuple: TransportTuple, now: MonotonicTime
    ) -> ReceivedDatagram {
        guard !hasEnded else { return drop(.closed) }
        guard 1...Self.maximumDatagramLength ~= datagram.count else { return drop(.length) }
        switch DatagramKind(UnsafeRawBufferPointer(datagram)) {
        case .rtp: return receiveRTP(datagram, on: tuple, now: now)
        case .rtcp: return receiveRTCP(datagram, on: tuple, now: now)
        case .stun: return receiveSTUN(UnsafeRawBufferPointer(datagram), on: tuple, now: now)
        case .dtls: return receiveDTLS(UnsafeRawBufferPointer(datagram), on: tuple, now: now)
        case .unknown: return drop(.unknownProtocol)
        }
    }

    func drop(_ reason: DropReason) -> ReceivedDatagram {
        counters.countDrop(reason)
        return .dropped(reason)
    }

    /// Whether an integrity-checked STUN message of the peer has come this way.
    package func isValidated(_ tuple: TransportTuple) -> Bool {
        tuple == selectedPath || ice.isValidated(tuple)
    }

    private func receiveSTUN(
        _ datagram: UnsafeRawBufferPointer, on tuple: TransportTuple, now: MonotonicTime
    ) -> ReceivedDatagram {
        guard let message = STUNMessage(datagram) else { return drop(.malformedSTUN) }
        if let reason = ice.receive(message, on: tuple, now: now) { return drop(reason) }
        if message.messageClass == .request { counters.checksReceived += 1 }
        settle(now: now)
        return .consumed
    }

    private func receiveDTLS(
        _ datagram: UnsafeRawBufferPointer, on tuple: TransportTuple, now: MonotonicTime
    ) -> ReceivedDatagram {
        guard isValidated(tuple) else { return drop(.unvalidatedPath) }
        guard let dtls else { return drop(.unusableDTLS) }
        let dropped = dtls.droppedDatagrams
        dtls.receive(datagram, now: now)
        if dtls.droppedDatagrams != dropped { return drop(.unusableDTLS) }
        settleDTLS()
        return .consumed
    }

    private func receiveRTP(
        _ datagram: UnsafeMutableRawBufferPointer, on tuple: TransportTuple, now: MonotonicTime
    ) -> ReceivedDatagram {
        guard isValidated(tuple) else { return drop(.unvalidatedPath) }
        guard let srtpReceiver else { return drop(.beforeKeys) }
        do throws(SRTPError) {
            let length = try srtpReceiver.unprotect(datagram)
            let packet = UnsafeRawBufferPointer(datagram.part(0, length))
            guard let header = RTPHeader(packet) else { return drop(.malformedMedia) }
            guard let section = demultiplexer.section(of: header, packet) else { return drop(.unknownSource) }
            counters.rtpPacketsReceived += 1
            ice.noteMedia(now: now)
            return .rtp(length: length, section: section)
        } catch {
            return drop(DropReason(error))
        }
    }

    private func receiveRTCP(
        _ datagram: UnsafeMutableRawBufferPointer, on tuple: TransportTuple, now: MonotonicTime
    ) -> ReceivedDatagram {
        guard isValidated(tuple) else { return drop(.unvalidatedPath) }
        guard let srtpReceiver else { return drop(.beforeKeys) }
        do throws(SRTPError) {
            let length = try srtpReceiver.unprotectRTCP(datagram)
            counters.rtcpPacketsReceived += 1
            return .rtcp(length: length)
        } catch {
            return drop(DropReason(error))
        }
    }

    /// Writes the next STUN or DTLS datagram to be sent into `buffer` (at least ``maximumDatagramLength`` bytes); nil
    /// when there is none.
    package func nextTransmit(into buffer: UnsafeMutableRawBufferPointer) -> ControlDatagram? {
        // Permissions come before the checks that need them.
        for relay in relays {
            if let datagram = relay.nextTransmit(into: buffer) { return datagram }
        }
        while let datagram = ice.nextTransmit(into: buffer) {
            if let enveloped = envelop(buffer, length: datagram.length, on: datagram.path) { return enveloped }
        }
        while let dtls, let path = selectedPath, let bytes = dtls.nextDatagram(), bytes.count <= buffer.count {
            buffer.copyBytes(from: bytes)
            if let enveloped = envelop(buffer, length: bytes.count, on: path) { return enveloped }
        }
        releaseRelaysAfterEnd()
        for relay in relays {
            if let datagram = relay.nextTransmit(into: buffer) { return datagram }
        }
        return nil
    }

    /// Protects an RTP packet out of place, so that many connections can share one payload; see
    /// ``SRTPSender/protect(header:payload:into:)``.
    ///
    /// - Returns: the length of the protected packet in `output`; nil before the keys are there, when it does not fit,
    ///   or when the packet's index was used already (then it must never be protected again).
    package func protectRTP(
        header: UnsafeRawBufferPointer, payload: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) -> Int? {
        try? srtpSender?.protect(header: header, payload: payload, into: output)
    }

    /// Protects a compound RTCP packet; nil before the keys are there or when it does not fit.
    package func protectRTCP(
        _ compound: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) -> Int? {
        try? srtpSender?.protectRTCP(compound, into: output)
    }
}

extension DropReason {
    init(_ error: SRTPError) {
        switch error {
        case .authentication: self = .failedAuthentication
        case .replayed, .tooOld: self = .replayed
        case .keyLength, .malformed, .bufferTooSmall, .indexUsed, .keyExhausted, .cryptography: self = .malformedMedia
        }
    }
}
