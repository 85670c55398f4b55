package import JSONRPC

/// Something that travels as the `params` or the `result` of a signalling message.
///
/// Reading is strict about what is there: a missing member, a wrong type or a value out of range is a
/// `JSONShapeError`, an identifier that breaks the SDK's rules a ``ZegoError``. Requests refuse members that they do not
/// know; results and notifications ignore them, so that an older client understands a newer server.
package protocol SignalingMessage: Hashable, Sendable {
    /// Reads the message; throws `JSONShapeError` or ``ZegoError``.
    init(json: JSONValue) throws
    /// The message as it is written.
    var json: JSONValue { get }
}
