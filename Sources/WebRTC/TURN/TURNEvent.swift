import Transport

/// What a ``TURNClient`` tells.
package enum TURNEvent: Equatable {
    /// Datagrams to `relayed` come here from now on; `mapped` is the address that the server sees us as.
    case allocated(relayed: TransportAddress, mapped: TransportAddress?)
    /// The client has come to its end.
    case ended(TURNFailure)
}
