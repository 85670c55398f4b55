import NIOCore

/// The branch of the TCP port for ICE-TCP (RFC 6544): what happens with a connection whose first bytes are a frame (RFC
/// 4571) with a STUN message.
struct ICETCPBranch: Sendable {
    /// Takes over a connection: called once for each, on its event loop.
    ///
    /// Whoever serves it adds handlers to the end of `channel.pipeline` here; `firstBytes` (at least the length and the
    /// STUN header up to its cookie, perhaps more than one frame) then come to them as their first read.
    /// ``ConnectionGuard`` stays in the pipeline: until it is told an ``AuthenticationChange`` the connection is a
    /// stranger's, with ten seconds and 64 KiB. When this throws, the connection is closed.
    ///
    /// This server has no candidates of ICE-TCP, so nobody has a reason to come: the connection is closed.
    func take(_ channel: any Channel, firstBytes: ByteBuffer) throws {
        channel.close(promise: nil)
    }
}
