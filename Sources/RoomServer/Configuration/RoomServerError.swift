/// Why a room server does not start; the text names the key to change.
package enum RoomServerError: Error, Equatable, Sendable {
    /// `server.listen` is no numeric address.
    case notAnAddress(String)
    /// `server.listen` opens the server to other machines, there is no certificate, and `server.insecure` does not say
    /// that this is meant.
    case openWithoutTLS(listen: String)
    /// The certificate or its key cannot be used.
    case certificate(CertificateFilesError)
    /// The TCP or UDP port cannot be had.
    case cannotBind(transport: String, address: String, reason: String)
    /// An entry of `server.advertise` is neither `host` nor `host:port` with a numeric host.
    case badAdvertise(String)
    /// The media side did not start.
    case media(String)
    /// `start()` was called twice, or after `stop()`.
    case alreadyStarted
}

extension RoomServerError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notAnAddress(let text):
            "server.listen = \"\(text)\" is not a numeric IP address (such as \"127.0.0.1\", \"0.0.0.0\" or \"::\")"
        case .openWithoutTLS(let listen):
            """
            server.listen = "\(listen)" opens the room server to other machines without TLS: \
            set server.tls_certificate and server.tls_key (zegoctl cert create makes both), or server.insecure = true \
            if that is meant, or server.listen = "127.0.0.1"
            """
        case .certificate(let error): error.description
        case .cannotBind(let transport, let address, let reason):
            """
            cannot listen on \(transport) \(address): \(reason); change server.port (or server.listen), or stop the \
            program that has it
            """
        case .badAdvertise(let text):
            "server.advertise has \"\(text)\", which is not a numeric \"host\" or \"host:port\""
        case .media(let reason): "the media side of the room server does not start: \(reason)"
        case .alreadyStarted: "a room server can be started once only"
        }
    }
}
