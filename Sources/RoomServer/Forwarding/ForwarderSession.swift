/// A session of the forwarder: one peer, one `PeerConnection`, on one worker. A handle that may be copied and kept; once
/// the session is closed it means nothing any more.
package struct ForwarderSession: Hashable, Sendable {
    /// The index of its worker.
    package let worker: Int
    /// Its place in the worker's table.
    let slot: Int
    /// Tells apart the sessions that had this place one after the other.
    let generation: UInt64
}
