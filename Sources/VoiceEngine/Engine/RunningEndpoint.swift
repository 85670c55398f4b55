import Transport

/// A session with a WHIP or WHEP server that goes on, of one publisher or player.
struct RunningEndpoint {
    /// Of this session: its transport is named by it, and what comes late of an older one is known as such.
    let number: UInt64
    let demand: SectionDemand
    var session: EndpointSession
}
