import MediaIO
import Transport

/// Where other workers put messages for one worker. They write as many as a batch of datagrams yields and then ring once.
final class WorkerMailbox: Sendable {
    /// Messages that can wait. At 2 µs each this is 2 ms of a worker's time: more would be late anyway.
    private static let capacity = 1024

    private let ring = MPSCRing(
        header: WorkerMail.self, capacity: WorkerMailbox.capacity, payloadCapacity: DatagramBatch.slotCapacity)
    let bell: EventFD

    init() throws(SocketError) {
        bell = try EventFD()
    }

    /// A datagram for a session of that worker; false when the mailbox is full.
    func post(datagram: UnsafeRawBufferPointer, remote: TransportAddress, local: TransportAddress) -> Bool {
        post(
            WorkerMail(
                isMedia: false, packet: MediaPacket(), remote: remote, local: local, length: Int32(datagram.count)),
            datagram)
    }

    /// A media packet for the listeners of that worker; false when the mailbox is full.
    func post(_ packet: MediaPacket, payload: UnsafeRawBufferPointer) -> Bool {
        let nowhere = TransportAddress(ipv4: 0, port: 0)
        return post(
            WorkerMail(isMedia: true, packet: packet, remote: nowhere, local: nowhere, length: Int32(payload.count)),
            payload)
    }

    private func post(_ mail: WorkerMail, _ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count <= DatagramBatch.slotCapacity else { return false }
        return ring.write { slot in
            slot.header.storeBytes(of: mail, as: WorkerMail.self)
            slot.payload.copyMemory(from: bytes)
        }
    }

    /// Takes the oldest message, whose bytes may be changed in place; false when there is none. For the owner only.
    func take(_ body: (WorkerMail, UnsafeMutableRawBufferPointer) -> Void) -> Bool {
        ring.read { slot in
            let mail = slot.header.load(as: WorkerMail.self)
            body(mail, UnsafeMutableRawBufferPointer(rebasing: slot.payload[..<Int(mail.length)]))
        }
    }
}
