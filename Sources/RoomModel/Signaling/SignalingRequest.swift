/// The params of a request, with the type of its result.
package protocol SignalingRequest: SignalingMessage {
    associatedtype Response: SignalingMessage
    /// The method of the JSON-RPC request.
    static var method: String { get }
}
