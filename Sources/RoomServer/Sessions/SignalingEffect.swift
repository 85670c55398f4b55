import Logging
import RoomModel

/// What ``SignalingMachine`` wants done, in this order.
package enum SignalingEffect: Sendable {
    /// Send a text frame.
    case send(ConnectionID, [UInt8])
    /// Send what is waiting, then close the WebSocket.
    case close(ConnectionID, CloseReason)
    /// The connection has a session now, or none any more: the limits for strangers end, or begin anew.
    case authenticated(ConnectionID, Bool)
    /// Make the session's transport on the media side.
    case openTransport(SessionID)
    /// Close it, with all that it publishes and plays.
    case closeTransport(SessionID)
    /// Negotiate; the outcome goes to ``SignalingMachine/negotiated(_:ticket:outcome:now:)`` with the ticket.
    case negotiate(SessionID, ticket: UInt64, offer: String, tracks: [TrackRequest])
    /// A candidate of the client; nil: no more will come.
    case addCandidate(SessionID, candidate: String?, usernameFragment: String?)
    /// Nothing that the session sends for this stream is forwarded any more.
    case unpublish(SessionID, StreamKey)
    /// Nothing of this stream is sent to the session any more.
    case stopPlay(SessionID, StreamKey)
    /// The offer of a WHIP or WHEP client is answered, or refused (then its session is gone).
    case resourceAnswered(SessionID, Result<MediaAnswer, ZegoError>)
    /// The session of a WHIP or WHEP client is gone, whatever the reason.
    case resourceEnded(SessionID)
    /// Something for the receiver of webhooks.
    case webhook(WebhookEvent)
    /// A line for the log, without secrets.
    case log(Logger.Level, String, Logger.Metadata)
}
