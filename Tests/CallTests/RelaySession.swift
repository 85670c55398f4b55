import Transport
import WebRTC

/// A participant as the ``Relay`` sees it.
final class RelaySession {
    struct Listening {
        let streamID: String
        let mid: String
        let ssrc: UInt32
        var sequenceNumber: UInt16 = 1
    }

    let name: String
    let connection: PeerConnection
    var events: [PeerConnectionEvent] = []
    /// What each section (by index) of it publishes.
    var published: [Int: String] = [:]
    var listening: [Listening] = []
    var ufrags: [UfragKey] = []

    init(_ name: String, _ connection: PeerConnection) {
        self.name = name
        self.connection = connection
    }
}
