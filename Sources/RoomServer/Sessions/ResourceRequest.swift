import RoomModel

/// A client that comes by WHIP or WHEP.
package struct ResourceRequest: Sendable {
    package enum Use: Hashable, Sendable {
        /// WHIP: into this room.
        case publish(StreamID, RoomID)
        /// WHEP: from whichever room it is published in.
        case play(StreamID)
    }

    package let appID: AppID
    package let use: Use
    /// The bearer token.
    package let token: String
    /// The client's IP address.
    package let address: String
    /// The SDP offer.
    package let offer: String
    /// The section of the offer that carries the stream.
    package let mid: String

    package init(appID: AppID, use: Use, token: String, address: String, offer: String, mid: String) {
        self.appID = appID
        self.use = use
        self.token = token
        self.address = address
        self.offer = offer
        self.mid = mid
    }

    var kind: ResourceKind {
        switch use {
        case .publish: .whip
        case .play: .whep
        }
    }

    var streamID: StreamID {
        switch use {
        case .publish(let stream, _), .play(let stream): stream
        }
    }
}
