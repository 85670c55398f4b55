/// What a method sees of the connection that called it.
package protocol ConnectionFace: Sendable {
    /// Who is at the other end; nil when the kernel does not say.
    var credentials: PeerCredentials? { get }
    /// To be called, from any thread, when a subscription of this connection has something to read.
    var wake: @Sendable () -> Void { get }
}
