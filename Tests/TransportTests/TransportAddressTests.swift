import Testing
import Transport

@Suite struct TransportAddressTests {
    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1:5000"), ("::1", "[::1]:5000"), ("2001:db8::ff", "[2001:db8::ff]:5000"),
        ("fe80::1%3", "[fe80::1%3]:5000"), ("::ffff:10.0.0.1", "10.0.0.1:5000"),
    ])
    func parsesAndPrintsNumericAddresses(host: String, expected: String) {
        #expect(TransportAddress(host: host, port: 5000)?.description == expected)
    }

    @Test(arguments: ["localhost", "", "1.2.3", "1.2.3.4.5", "::g", "fe80::1%eth0", "1.2.3.4%1"])
    func refusesWhatIsNotNumeric(host: String) {
        #expect(TransportAddress(host: host, port: 1) == nil)
    }

    @Test func tellsKindsOfAddresses() {
        #expect(TransportAddress(host: "127.9.9.9", port: 1)?.isLoopback == true)
        #expect(TransportAddress(host: "::1", port: 1)?.isLoopback == true)
        #expect(TransportAddress(host: "169.254.1.1", port: 1)?.isLinkLocal == true)
        #expect(TransportAddress(host: "fe90::1", port: 1)?.isLinkLocal == true)
        #expect(TransportAddress(host: "::", port: 1)?.isUnspecified == true)
        #expect(TransportAddress(host: "10.0.0.1", port: 1)?.isLoopback == false)
    }

    @Test func seededRandomnessRepeats() {
        var first = RandomSource.seeded(7)
        var second = RandomSource.seeded(7)
        #expect(first.bytes(33) == second.bytes(33))
        #expect(first.token(24) == second.token(24))
        var other = RandomSource.seeded(8)
        #expect(first.next() != other.next())
    }

    @Test func timeSaturatesInsteadOfWrapping() {
        #expect(MonotonicTime.distantFuture.advanced(byNanoseconds: 1) == .distantFuture)
        #expect(MonotonicTime.zero.advanced(byMilliseconds: 3).milliseconds(since: .zero) == 3)
    }
}
