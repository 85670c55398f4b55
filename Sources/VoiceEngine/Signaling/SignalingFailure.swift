import Certificates

/// Why a request got no answer of the room server.
enum SignalingFailure: Error, Equatable {
    /// The connection broke before the answer to a request that only makes sense on that connection.
    case connectionLost
    /// No answer in time, or no connection, or none to a server that speaks our protocol; for people.
    case unreachable(String)
    /// The server's certificate is not the one that it should be.
    case untrusted(CertificateRejection)
    /// The session to which the request belonged has ended.
    case sessionEnded
    /// The answer makes no sense; for people.
    case malformed(String)
}
