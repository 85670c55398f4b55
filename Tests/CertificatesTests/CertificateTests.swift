import Certificates
import Testing
import Transport

@Suite("Certificates, keys and pins")
struct CertificateTests {
    private static func bytes(_ texts: String...) -> [UInt8] { Array(texts.joined(separator: "\n").utf8) }

    @Test("a chain is read in its order, whatever stands between")
    func readsChains() throws {
        let text = Self.bytes("words", SampleChain.server, SampleChain.key, SampleChain.intermediate, "more words")
        let chain = try Certificate.read(pem: text)
        #expect(chain.map(\.subject) == ["CN = rooms.example", "CN = Test intermediate"])
        #expect(chain[0].issuer == "CN = Test intermediate")
        #expect(!chain[0].isSelfIssued)
        #expect(chain[0].names == ["DNS:rooms.example", "DNS:*.rooms.example", "IP Address:192.0.2.7"])
        #expect(chain[0].hosts == ["rooms.example", "192.0.2.7"])
        #expect(chain[0].validUntil > chain[0].validFrom.advanced(byDays: 36_000))
        #expect(try Certificate.read(pem: []).isEmpty)
        #expect(try Certificate.read(pem: Self.bytes(SampleChain.key)).isEmpty)
    }

    @Test("what is damaged is told as such")
    func damaged() throws {
        for count in stride(from: 60, to: SampleChain.root.utf8.count - 30, by: 40) {
            let text = Array(SampleChain.root.utf8.prefix(count)) + Array("\n-----END CERTIFICATE-----\n".utf8)
            #expect(throws: CertificateError.self) { _ = try Certificate.read(pem: text) }
        }
    }

    @Test("names that a certificate is for")
    func isFor() throws {
        let server = try #require(try Certificate.read(pem: Self.bytes(SampleChain.server)).first)
        for host in ["rooms.example", "ROOMS.example", "a.rooms.example", "192.0.2.7"] {
            #expect(server.isFor(host), "\(host)")
        }
        for host in ["example", "a.b.rooms.example", "192.0.2.8", "::1", "localhost"] {
            #expect(!server.isFor(host), "\(host)")
        }
    }

    @Test("a key belongs to one certificate")
    func keys() throws {
        let key = try PrivateKey(pem: Self.bytes("words", SampleChain.key))
        let (server, root) = (SampleChain.server, SampleChain.root)
        #expect(key.matches(try #require(try Certificate.read(pem: Self.bytes(server)).first)))
        #expect(!key.matches(try #require(try Certificate.read(pem: Self.bytes(root)).first)))
        #expect(throws: CertificateError.keyIsEncrypted) {
            _ = try PrivateKey(pem: Self.bytes(SampleChain.encryptedKey))
        }
        #expect(throws: CertificateError.self) { _ = try PrivateKey(pem: Self.bytes(server)) }
        #expect(throws: CertificateError.self) { _ = try PrivateKey(pem: []) }
    }

    @Test("a pin is 64 digits of either case, with colons between bytes or without")
    func pins() throws {
        let server = try #require(try Certificate.read(pem: Self.bytes(SampleChain.server)).first)
        let text = server.pin.description
        #expect(text.utf8.count == 95)
        #expect(CertificatePin(text) == server.pin)
        #expect(CertificatePin(text.lowercased()) == server.pin)
        #expect(CertificatePin(text.filter { $0 != ":" }) == server.pin)
        for bad in ["", "AB", String(text.dropLast(3)), text + ":00", ":" + text, "x" + text.dropFirst()] {
            #expect(CertificatePin(bad) == nil, "\(bad)")
        }
    }

    @Test("names and addresses that a certificate can be made for")
    func serverNames() {
        #expect(ServerName("Rooms.Example") == .dns("rooms.example"))
        #expect(ServerName("*.rooms.example") == .dns("*.rooms.example"))
        #expect(ServerName("kitchen_2") == .dns("kitchen_2"))
        #expect(ServerName("192.0.2.7")?.description == "192.0.2.7")
        #expect(ServerName("2001:db8::7")?.description == "2001:db8::7")
        let bad = [
            "", ".", "a..b", "-a", "a-", "a b", "a,DNS:b", "*", "*.", "a.*", "fe80::1%2", "bücher.example", "a/b",
            "a:1",
            String(repeating: "a", count: 64), String(repeating: "a.", count: 127) + "b",
        ]
        for text in bad { #expect(ServerName(text) == nil, "\(text)") }
    }

    @Test("a self-signed certificate is for its names and its time, and its key is its own")
    func selfSigned() throws {
        let names = [ServerName("kitchen"), ServerName("192.0.2.7"), ServerName("2001:db8::7")].compactMap { $0 }
        let now = CertificateTime(seconds: 1_800_000_000)
        let made = try SelfSignedCertificate(names: names, days: 30, now: now)
        #expect(try Certificate.read(pem: made.pem) == [made.certificate])
        #expect(made.key.matches(made.certificate))
        #expect(made.certificate.hosts == ["kitchen", "192.0.2.7", "2001:db8::7"])
        #expect(made.certificate.isSelfIssued)
        #expect(made.certificate.validFrom <= now)
        #expect(made.certificate.validUntil == now.advanced(byDays: 30))
        #expect(now.description == "2027-01-15 08:00 UTC")
        let other = try SelfSignedCertificate(names: names, days: 30, now: now)
        #expect(other.certificate.pin != made.certificate.pin)
        #expect(!other.key.matches(made.certificate))
    }
}
