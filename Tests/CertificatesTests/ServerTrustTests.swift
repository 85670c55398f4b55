import Certificates
import Testing

@Suite("The judgement of a server's certificate")
struct ServerTrustTests {
    /// A moment within the validity of the sample chain.
    private static let now = CertificateTime(seconds: 1_900_000_000)

    private static func certificates(_ texts: String...) throws -> [Certificate] {
        try Certificate.read(pem: Array(texts.joined(separator: "\n").utf8))
    }

    private static func rejection(
        _ trust: ServerTrust, _ chain: [Certificate], host: String, now: CertificateTime = now
    ) -> CertificateRejection? {
        do throws(CertificateRejection) {
            try trust.check(chain.map(\.der), host: host, now: now)
            return nil
        } catch {
            return error
        }
    }

    @Test("a chain to an authority of the file, for the right name or address")
    func authorities() throws {
        let chain = try Self.certificates(SampleChain.server, SampleChain.intermediate)
        let roots = ServerTrust.authorities(try Self.certificates(SampleChain.root))
        for host in ["rooms.example", "a.rooms.example", "192.0.2.7"] {
            #expect(Self.rejection(roots, chain, host: host) == nil, "\(host)")
        }
        // An intermediate, or the server's own certificate, may stand in the file as well.
        let intermediate = ServerTrust.authorities(try Self.certificates(SampleChain.intermediate))
        #expect(Self.rejection(intermediate, Array(chain.prefix(1)), host: "rooms.example") == nil)
        let itself = ServerTrust.authorities(try Self.certificates(SampleChain.server))
        #expect(Self.rejection(itself, Array(chain.prefix(1)), host: "rooms.example") == nil)
    }

    @Test("a wrong name is told with those that are right")
    func wrongName() throws {
        let chain = try Self.certificates(SampleChain.server, SampleChain.intermediate)
        let roots = ServerTrust.authorities(try Self.certificates(SampleChain.root))
        for host in ["kitchen", "192.0.2.8", "a.b.rooms.example"] {
            let rejection = try #require(Self.rejection(roots, chain, host: host))
            let names = ["DNS:rooms.example", "DNS:*.rooms.example", "IP Address:192.0.2.7"]
            #expect(rejection == .wrongName(host: host, names: names))
            #expect("\(rejection)".contains("not for \(host) but for DNS:rooms.example"))
            #expect("\(rejection)".contains("zegoctl cert create --host \(host)"))
        }
    }

    @Test("an issuer that nobody knows: missing from the file, from the system, from the chain")
    func unknownIssuer() throws {
        let chain = try Self.certificates(SampleChain.server, SampleChain.intermediate)
        let other = try SelfSignedCertificate(names: [.dns("other")], days: 1).certificate
        for trust in [ServerTrust.authorities([other]), .system] {
            let rejection = try #require(Self.rejection(trust, chain, host: "rooms.example"))
            guard case .unknownIssuer(_, false, _, _) = rejection else {
                Issue.record("\(rejection)")
                continue
            }
            #expect("\(rejection)".contains("comes from CN = Test"), "\(rejection)")
        }
        let roots = ServerTrust.authorities(try Self.certificates(SampleChain.root))
        let withoutIntermediate = Self.rejection(roots, Array(chain.prefix(1)), host: "rooms.example")
        guard case .unknownIssuer(issuer: "CN = Test intermediate", false, _, true)? = withoutIntermediate else {
            Issue.record("\(String(describing: withoutIntermediate))")
            return
        }
    }

    @Test("a self-signed certificate: refused, or known by the file or the pin; both pins are told")
    func selfSigned() throws {
        let made = try SelfSignedCertificate(names: [.dns("kitchen")], days: 10, now: Self.now)
        let (certificate, other) = (made.certificate, try SelfSignedCertificate(names: [.dns("kitchen")], days: 10))
        let unknown = try #require(Self.rejection(.system, [certificate], host: "kitchen"))
        #expect("\(unknown)".contains("self-signed"))
        #expect("\(unknown)".contains(certificate.pin.description))
        #expect(Self.rejection(.authorities([certificate]), [certificate], host: "kitchen") == nil)
        #expect(Self.rejection(.authorities([certificate]), [certificate], host: "attic") != nil)
        // With a pin neither name nor date matter.
        #expect(Self.rejection(.pin(certificate.pin), [certificate], host: "attic") == nil)
        let late = Self.now.advanced(byDays: 100)
        #expect(Self.rejection(.pin(certificate.pin), [certificate], host: "attic", now: late) == nil)
        let differs = try #require(Self.rejection(.pin(other.certificate.pin), [certificate], host: "kitchen"))
        #expect(differs == .pinDiffers(expected: other.certificate.pin, shown: certificate.pin))
        #expect("\(differs)".contains(certificate.pin.description))
        #expect("\(differs)".contains(other.certificate.pin.description))
    }

    @Test("expired, or not valid yet")
    func time() throws {
        let made = try SelfSignedCertificate(names: [.dns("kitchen")], days: 10, now: Self.now).certificate
        let late = Self.rejection(
            .authorities([made]), [made], host: "kitchen", now: Self.now.advanced(byDays: 11))
        #expect(late == .expired(subject: made.subject, on: made.validUntil))
        let early = Self.rejection(.authorities([made]), [made], host: "kitchen", now: Self.now.advanced(byDays: -1))
        #expect(early == .notYetValid(subject: made.subject, from: made.validFrom))
    }

    @Test("no certificate, or none that is one")
    func nothing() {
        #expect(Self.rejection(.system, [], host: "kitchen") != nil)
        #expect(throws: CertificateRejection.self) {
            try ServerTrust.system.check([[1, 2, 3]], host: "kitchen", now: Self.now)
        }
    }
}
