import RoomModel
import WebRTC

/// The session of a WHIP or WHEP client, as HTTP knows it.
struct Resource {
    let kind: ResourceKind
    /// Names the ICE session: a new one with each ICE restart. With its quotation marks.
    var entityTag: String
    /// The client's present ICE credentials, by which a restart is told from candidates.
    var credentials: ICECredentials
}
