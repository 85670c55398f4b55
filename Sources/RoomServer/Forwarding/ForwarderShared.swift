import WebRTC

/// What all workers of a forwarder see; nothing of it changes but what guards itself.
final class ForwarderShared: Sendable {
    let certificate: DTLSCertificate
    /// The candidates of answers.
    let advertised: AdvertisedAddresses
    /// One per worker.
    let mailboxes: [WorkerMailbox]
    let tuples = TupleTable()
    let directory = StreamDirectory()

    init(certificate: DTLSCertificate, advertised: AdvertisedAddresses, mailboxes: [WorkerMailbox]) {
        self.certificate = certificate
        self.advertised = advertised
        self.mailboxes = mailboxes
    }
}
