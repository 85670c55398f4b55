import COpenSSL
import Glibc
import Transport

/// An X.509 certificate (RFC 5280) with what is asked of it.
package struct Certificate: Hashable, Sendable {
    package let der: [UInt8]
    package let pin: CertificatePin
    /// Who it is for and who says so, as `CN = name, O = organization`.
    package let subject: String
    package let issuer: String
    /// The names of the server that it is for (subjectAltName), as OpenSSL prints them: `DNS:host`, `IP Address:192.0.2.1`.
    package let names: [String]
    package let validFrom: CertificateTime
    package let validUntil: CertificateTime

    /// Whether it says of itself who it is.
    package var isSelfIssued: Bool { subject == issuer }

    /// Takes what OpenSSL has parsed; nil when it has no proper times, or OpenSSL is out of memory.
    package init?(x509 certificate: OpaquePointer) {
        let length = i2d_X509(certificate, nil)
        guard length > 0 else { return nil }
        var der = [UInt8](repeating: 0, count: Int(length))
        let written = der.withUnsafeMutableBufferPointer { buffer in
            var next = buffer.baseAddress
            return i2d_X509(certificate, &next)
        }
        guard written == length, let pin = CertificatePin(x509: certificate),
            let from = Self.time(X509_get0_notBefore(certificate)),
            let until = Self.time(X509_get0_notAfter(certificate))
        else { return nil }
        self.der = der
        self.pin = pin
        subject = Self.text(X509_get_subject_name(certificate))
        issuer = Self.text(X509_get_issuer_name(certificate))
        names = Self.names(certificate)
        validFrom = from
        validUntil = until
    }

    /// Nil when the bytes are no certificate.
    package init?(der: [UInt8]) {
        guard let x509 = Self.x509(der: der) else {
            OpenSSLErrors.clear()
            return nil
        }
        defer { X509_free(x509) }
        self.init(x509: x509)
    }

    /// The certificates of a PEM text in their order; whatever else stands in it (keys, words) is passed over.
    ///
    /// - Throws: ``CertificateError/damaged(_:)`` when one of them cannot be read.
    package static func read(pem: [UInt8]) throws(CertificateError) -> [Certificate] {
        OpenSSLErrors.clear()
        guard let bio = MemoryBIO(pem) else { throw .damaged(OpenSSLErrors.takeLast()) }
        var certificates: [Certificate] = []
        while let x509 = PEM_read_bio_X509(bio.pointer, nil, { _, _, _, _ in -1 }, nil) {
            defer { X509_free(x509) }
            guard let certificate = Certificate(x509: x509) else { throw .damaged(OpenSSLErrors.takeLast()) }
            certificates.append(certificate)
        }
        // The loop ends where no further one begins, or at one that cannot be read.
        guard ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE else {
            throw .damaged(OpenSSLErrors.takeLast())
        }
        OpenSSLErrors.clear()
        return certificates
    }

    /// Whether one of its names is this host name or numeric address.
    package func isFor(_ host: String) -> Bool {
        guard let x509 = Self.x509(der: der) else { return false }
        defer { X509_free(x509) }
        if TransportAddress(host: host, port: 0) != nil { return X509_check_ip_asc(x509, host, 0) == 1 }
        return X509_check_host(x509, host, 0, 0, nil) == 1
    }

    /// The host names and addresses that it is for, without patterns.
    package var hosts: [String] {
        names.compactMap { name in
            let parts = name.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, parts[0] == "DNS" || parts[0] == "IP Address", !parts[1].hasPrefix("*") else {
                return nil
            }
            return TransportAddress(host: String(parts[1]), port: 0)?.host ?? String(parts[1])
        }
    }

    /// OpenSSL's own form, to be freed with `X509_free`; nil when the bytes are no certificate.
    static func x509(der: [UInt8]) -> OpaquePointer? {
        der.withUnsafeBufferPointer { buffer in
            var next = buffer.baseAddress
            return d2i_X509(nil, &next, buffer.count)
        }
    }

    private static func time(_ time: UnsafePointer<ASN1_TIME>?) -> CertificateTime? {
        var parts = tm()
        guard let time, ASN1_TIME_to_tm(time, &parts) == 1 else { return nil }
        return CertificateTime(seconds: Int64(timegm(&parts)))
    }

    private static func text(_ name: OpaquePointer?) -> String {
        guard let name, let bio = MemoryBIO() else { return "" }
        copenssl_print_name(bio.pointer, name)
        return bio.text
    }

    private static func names(_ certificate: OpaquePointer) -> [String] {
        let index = X509_get_ext_by_NID(certificate, NID_subject_alt_name, -1)
        guard index >= 0, let list = X509_get_ext(certificate, index), let bio = MemoryBIO(),
            X509V3_EXT_print(bio.pointer, list, 0, 0) == 1
        else { return [] }
        return bio.text.split(separator: ",").map { String($0.drop { $0 == " " }) }
    }
}
