import RTP
import Transport

/// The datagrams that an allocation is for.
extension TURNClient {
    /// Takes a datagram, or over TCP and TLS a message, of the server.
    package func receive(_ bytes: UnsafeRawBufferPointer, now: MonotonicTime) -> TURNInput {
        guard state != .ended else { return .foreign }
        if ChannelData.isChannelData(bytes) {
            guard let (channel, length) = ChannelData.read(bytes),
                let peer = peers.first(where: { $0.channel == channel })
            else { return .consumed }
            return .data(from: peer.address, offset: ChannelData.headerLength, length: length)
        }
        guard let message = STUNMessage(bytes) else { return .foreign }
        guard message.messageClass == .indication else { return receiveAnswer(message, now: now) }
        guard message.method == STUNMessage.data else { return .foreign }
        guard let start = bytes.baseAddress, let data = message.value(of: STUNAttribute.data),
            let dataStart = data.baseAddress, let address = message.address(of: STUNAttribute.xorPeerAddress),
            peers.contains(where: { $0.address == address })
        else { return .consumed }
        return .data(from: address, offset: dataStart - start, length: data.count)
    }

    /// Makes of the datagram in the first `length` bytes of `buffer` the message that brings it to `peer`: its length,
    /// or nil if there is no way to that peer, or no room (``maximumOverhead``).
    package func wrap(_ buffer: UnsafeMutableRawBufferPointer, length: Int, to address: TransportAddress) -> Int? {
        guard state == .allocated, let peer = peers.first(where: { $0.address == address }), !peer.isForbidden,
            length + Self.maximumOverhead <= buffer.count, let start = buffer.baseAddress
        else { return nil }
        if peer.isBound, let channel = peer.channel {
            let head = ChannelData.headerLength
            (start + head).copyMemory(from: start, byteCount: length)
            ChannelData.write(channel: channel, length: length, into: buffer)
            // Over TCP and TLS padded to four bytes (RFC 8656, section 12.5).
            guard isReliable else { return head + length }
            let padded = (length + 3) & ~3
            for offset in length..<padded { buffer[head + offset] = 0 }
            return head + padded
        }
        let head = STUNMessage.headerLength + (address.family == .ipv4 ? 12 : 24) + 4
        (start + head).copyMemory(from: start, byteCount: length)
        var writer = STUNWriter(
            buffer, .indication, STUNTransactionID(random: &random), method: STUNMessage.send)
        writer.add(STUNAttribute.xorPeerAddress, xored: address)
        _ = writer.beginAttribute(STUNAttribute.data, length: length)
        return writer.length
    }
}
