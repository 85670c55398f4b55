import Transport

/// What ``PeerConnection`` needs of an ICE agent, full or lite. Sans-IO; confined to one thread.
package protocol ICETransport: AnyObject {
    /// The credentials of the newest generation, and the ufrags of all that are served (during a restart two).
    var localCredentials: ICECredentials { get }
    var localUfrags: [String] { get }
    /// The candidates known so far.
    var localCandidates: [ICECandidate] { get }
    var isGatheringComplete: Bool { get }
    /// Where media and DTLS go: the selected pair, else one that works; nil if there is none or consent has expired.
    var path: TransportTuple? { get }
    /// When something is to be done without a datagram; call `handleTimeout` then.
    var deadline: MonotonicTime { get }

    /// Begins a new generation of credentials. The old one carries media till the new one has a selected pair.
    func restart()
    /// Undoes a `restart` whose remote credentials never came.
    func rollbackRestart()
    /// The peer's credentials for the newest generation.
    func setRemote(_ credentials: ICECredentials, isLite: Bool, now: MonotonicTime)
    func addRemoteCandidate(_ candidate: ICECandidate, now: MonotonicTime)
    func receive(_ message: STUNMessage, on tuple: TransportTuple, now: MonotonicTime) -> DropReason?
    /// Whether an integrity-checked message of the peer has come this way.
    func isValidated(_ tuple: TransportTuple) -> Bool
    /// An authenticated media packet has arrived.
    func noteMedia(now: MonotonicTime)
    func handleTimeout(now: MonotonicTime)
    /// Writes the next STUN message into `buffer` (at least ``STUNWriter/maximumLength`` bytes).
    func nextTransmit(into buffer: UnsafeMutableRawBufferPointer) -> ControlDatagram?
    func nextEvent() -> ICEEvent?
}
