import Transport

/// Why an allocation did not come about, or is no more.
package enum TURNFailure: Error, Equatable, Sendable {
    /// The server does not answer.
    case noAnswer
    /// 401 or 441 to requests with credentials: they are wrong or have run out.
    case credentialsRefused
    /// 300: another server is to be asked, whose certificate has the name `domain` (nil: that of this one).
    case redirected(TransportAddress, domain: String?)
    /// 486 or 508: the server has no place for now.
    case full
    /// 437: the server knows of another allocation, or of none; or the connection to it has broken.
    case lost
    /// Any other error of the server.
    case refused(UInt16)
}
