import Transport
import WebRTC

/// What all workers of a forwarder see; nothing of it changes but what guards itself.
final class ForwarderShared: Sendable {
    let certificate: DTLSCertificate
    /// The candidates of every answer.
    let advertisedAddresses: [TransportAddress]
    /// One per worker.
    let mailboxes: [WorkerMailbox]
    let tuples = TupleTable()
    let directory = StreamDirectory()

    init(certificate: DTLSCertificate, advertisedAddresses: [TransportAddress], mailboxes: [WorkerMailbox]) {
        self.certificate = certificate
        self.advertisedAddresses = advertisedAddresses
        self.mailboxes = mailboxes
    }
}
