/// Why the forwarder did not do what signalling asked for.
package enum ForwarderError: Error, Hashable, Sendable {
    /// The offer is not SDP, or not one that can be answered; `reason` is for a person.
    case faultyOffer(reason: String)
    /// The session was closed, or never was.
    case noSuchSession
    /// More than ``Forwarder/maximumSessionsPerWorker`` sessions.
    case full
    /// Not the caller's fault.
    case internalFailure(reason: String)
}
