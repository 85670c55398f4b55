import Certificates

/// Says in time, and once for each step, that a certificate expires: three days before, a day before, and when it has.
package struct ExpiryWarnings: Sendable {
    private static let daysBefore = [3, 1, 0]
    private var certificate: CertificatePin?
    /// How many days before the end the last warning was.
    private var told = Int.max

    package init() {}

    /// The warning that is due now, for people; nil when there is none, or it was given already.
    package mutating func due(for certificate: Certificate, now: CertificateTime) -> String? {
        if self.certificate != certificate.pin {
            self.certificate = certificate.pin
            told = .max
        }
        let reached = Self.daysBefore.last { now.advanced(byDays: $0) >= certificate.validUntil }
        guard let reached, reached < told else { return nil }
        told = reached
        return reached == 0
            ? "the certificate expired on \(certificate.validUntil): clients refuse it, renew it"
            : "the certificate expires on \(certificate.validUntil): renew it"
    }
}
