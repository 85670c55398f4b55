import Certificates

/// What a room server has said to the doctor at its TCP port.
package struct ServerAnswer: Sendable, Equatable {
    /// Who is there.
    package enum Service: Sendable, Equatable {
        case roomServer
        /// A room server that refuses to speak in clear: it has a certificate.
        case demandsTLS
        /// HTTP, but no room server.
        case somethingElse
        /// It took the connection and said nothing that can be understood.
        case silent
    }

    /// How its certificate is, by the engine's own judgement.
    package enum Judgement: Sendable, Equatable {
        case accepted(until: CertificateTime)
        case rejected(CertificateRejection)
        /// By what the engine knows the server cannot be read by this user.
        case unknownTrust
        /// It speaks no TLS; in OpenSSL's words.
        case noTLS(String)
    }

    package var service: Service
    /// Nil without TLS.
    package var certificate: Judgement?
    /// By how many seconds the server's clock is ahead of ours; nil when it does not say.
    package var clockAhead: Int64?

    package init(service: Service, certificate: Judgement? = nil, clockAhead: Int64? = nil) {
        self.service = service
        self.certificate = certificate
        self.clockAhead = clockAhead
    }
}
