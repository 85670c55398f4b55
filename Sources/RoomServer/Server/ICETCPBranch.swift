import NIOCore

/// The branch of the TCP port for ICE-TCP (RFC 6544): what happens with a connection whose first bytes are a frame (RFC
/// 4571) with a STUN message.
struct ICETCPBranch: Sendable {
    let media: any MediaSide

    /// Takes over a connection: called once for each, on its event loop. ``ConnectionGuard`` stays in the pipeline until
    /// the media side has the connection: ten seconds and 64 KiB.
    func take(_ channel: any Channel) throws {
        try channel.pipeline.syncOperations.addHandler(ICETCPHandler(media: media))
    }
}
