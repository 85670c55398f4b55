import JSONRPC
import RoomModel

/// A `negotiate` that the media side works on.
struct PendingNegotiation {
    let ticket: UInt64
    /// Nil: nobody wants a reply.
    let requestID: JSONRPCID?
    let tracks: [NegotiatedTrack]
    /// By mid: what was refused before the media side was asked.
    let refused: [String: ZegoErrorCode]
    /// Streams whose names this negotiation took, to be given back when it fails.
    let reserved: [StreamID]
}
