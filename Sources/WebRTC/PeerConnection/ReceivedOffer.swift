/// An offer of the peer that waits for our answer, with what was found while checking it.
struct ReceivedOffer {
    let description: SessionDescription
    let sections: [OfferedSection]
    /// The mid of each section, made up where the offer has none.
    let mids: [String]
    let transport: TransportDescription
    let credentials: ICECredentials
    /// Whether the sections are one BUNDLE group (else there is just one that can be used).
    let isBundled: Bool
}
