import Testing
import Transport
import WebRTC

struct DTLSHandshakeTests {
    private func expectConnected(_ pair: DTLSPair) throws {
        #expect(pair.active.state == .connected)
        #expect(pair.passive.state == .connected)
        let ours = try #require(pair.active.keys)
        let theirs = try #require(pair.passive.keys)
        #expect(ours.profile == .aeadAES128GCM)
        #expect(ours.local == theirs.remote)
        #expect(ours.remote == theirs.local)
        #expect(ours.local != ours.remote)
    }

    @Test func twoSidesAgreeInTwoRoundTrips() throws {
        let pair = try DTLSPair()
        pair.run()
        try expectConnected(pair)
        #expect(pair.now == .zero.advanced(byMilliseconds: 20))
        #expect(pair.active.deadline == .distantFuture)
        #expect(pair.passive.deadline == .distantFuture)
        for datagram in pair.sentByActive + pair.sentByPassive { #expect(datagram.count <= 1200 - 28) }
        // The keys work.
        let packet = SRTPFixtures.packet(1)
        let protected = try SRTPSender(#require(pair.active.keys).local).protect(packet)
        #expect(try SRTPReceiver(#require(pair.passive.keys).remote).unprotect(protected) == packet)
    }

    /// A peer of few profiles, as client and as server: what both have is agreed, and its keys work both ways.
    @Test(arguments: [
        ([SRTPProfile.aes128CMHMACSHA1_80], SRTPProfile.allCases, SRTPProfile.aes128CMHMACSHA1_80),
        (SRTPProfile.allCases, [.aes128CMHMACSHA1_80], .aes128CMHMACSHA1_80),
        ([.aeadAES128GCM], SRTPProfile.allCases, .aeadAES128GCM),
        ([.aes128CMHMACSHA1_80, .aeadAES128GCM], SRTPProfile.allCases, .aeadAES128GCM),
    ])
    func theProfileThatBothHaveIsAgreed(
        active: [SRTPProfile], passive: [SRTPProfile], expected: SRTPProfile
    ) throws {
        let pair = try DTLSPair(profilesOfActive: active, profilesOfPassive: passive)
        pair.run()
        let ours = try #require(pair.active.keys)
        let theirs = try #require(pair.passive.keys)
        #expect(ours.profile == expected && theirs.profile == expected)
        let packet = SRTPFixtures.packet(1)
        #expect(try SRTPReceiver(theirs.remote).unprotect(SRTPSender(ours.local).protect(packet)) == packet)
        #expect(try SRTPReceiver(ours.remote).unprotect(SRTPSender(theirs.local).protect(packet)) == packet)
    }

    @Test func withoutACommonProfileThereAreNoKeys() throws {
        let pair = try DTLSPair(profilesOfActive: [.aeadAES128GCM], profilesOfPassive: [.aes128CMHMACSHA1_80])
        pair.run()
        #expect(pair.active.state == .failed(.noCommonSRTPProfile))
        #expect(pair.active.keys == nil && pair.passive.keys == nil)
    }

    @Test(arguments: 0..<12)
    func everySingleLossIsRecoveredByTheVirtualClock(_ number: Int) throws {
        var network = DTLSPair.Network()
        if number < 6 { network.lostFromActive = [number] } else { network.lostFromPassive = [number - 6] }
        let pair = try DTLSPair(network)
        pair.run()
        pair.settle()
        try expectConnected(pair)
        #expect(pair.now <= .zero.advanced(byMilliseconds: 20 + 200))
    }

    /// The answer to the client's Finished is lost several times: the client must send Finished records that the server
    /// does not take for replays.
    @Test func aLostLastFlightIsSentAgain() throws {
        let clean = try DTLSPair()
        clean.run()
        clean.settle()
        let last = clean.sentByPassive.count - 1
        for losses in 1...4 {
            var network = DTLSPair.Network()
            network.lostFromPassive = Set(last..<last + losses)
            let pair = try DTLSPair(network)
            pair.run()
            try expectConnected(pair)
            #expect(pair.now > .zero.advanced(byMilliseconds: 50))
        }
    }

    @Test(arguments: 0..<60)
    func lossReorderingAndDuplicationAreSurvived(_ seed: Int) throws {
        var network = DTLSPair.Network()
        network.loss = 0.2
        network.duplication = 0.2
        network.garbage = 0.3
        network.delay = 1...80
        let pair = try DTLSPair(network, seed: UInt64(seed))
        pair.run()
        try expectConnected(pair)
    }

    @Test func retransmissionsBackOffAndEnd() throws {
        var network = DTLSPair.Network()
        network.loss = 1
        let pair = try DTLSPair(network)
        pair.run()
        #expect(pair.active.state == .failed(.timedOut))
        #expect(pair.sentByActive.count == 12)
        #expect(pair.now == .zero.advanced(byMilliseconds: 12_750))
        #expect(pair.active.deadline == .distantFuture)
        // Waiting costs nothing: the passive side has not heard anything.
        #expect(pair.passive.state == .handshaking)
        #expect(pair.passive.deadline == .distantFuture)
    }

    @Test func aWrongFingerprintIsAClearError() throws {
        let wrong = [UInt8](repeating: 7, count: 32)
        let mistrustful = try DTLSPair(fingerprintOfPassive: wrong)
        mistrustful.run()
        #expect(mistrustful.active.state == .failed(.fingerprintMismatch))
        #expect(mistrustful.passive.state == .failed(.peerAlert(42)))
        #expect(mistrustful.active.keys == nil)
        #expect(mistrustful.passive.keys == nil)
        // The alert is in the clear: it is believed after three seconds.
        #expect(mistrustful.now < .zero.advanced(byMilliseconds: 3500))

        let mistrusted = try DTLSPair(fingerprintOfActive: wrong)
        mistrusted.run()
        #expect(mistrusted.passive.state == .failed(.fingerprintMismatch))
        #expect(mistrusted.active.state == .failed(.peerAlert(42)))
        #expect(mistrusted.passive.keys == nil)
    }

    @Test func closingTellsThePeer() throws {
        let pair = try DTLSPair()
        pair.run()
        pair.active.close()
        #expect(pair.active.state == .closed)
        pair.settle()
        #expect(pair.passive.state == .closed)
        pair.passive.close()
        #expect(pair.passive.state == .closed)
    }

    @Test func anEarlyCloseIsQuiet() throws {
        let pair = try DTLSPair()
        pair.active.start(now: .zero)
        pair.active.close()
        #expect(pair.active.state == .closed)
        #expect(pair.active.deadline == .distantFuture)
    }

    @Test func aSpoofedAlertDoesNotEndAHandshakeThatGoesOn() throws {
        let pair = try DTLSPair()
        pair.passive.start(now: .zero)
        pair.active.start(now: .zero)
        let alert = hex("15fefd000000000000000900020228")
        pair.deliver(alert, toPassive: false)
        pair.deliver(alert, toPassive: true)
        pair.run()
        try expectConnected(pair)
    }

    @Test func garbageIsCountedAndChangesNothing() throws {
        let pair = try DTLSPair()
        pair.passive.start(now: .zero)
        pair.active.start(now: .zero)
        var random = RandomSource.seeded(9)
        let hello = try #require(pair.active.nextDatagram())
        for count in 0..<1500 {
            var bytes = random.bytes(count)
            if count > 0 { bytes[0] = UInt8.random(in: 20...63, using: &random) }
            pair.deliver(bytes, toPassive: true)
            pair.deliver(bytes, toPassive: false)
            // Messages of the wrong side, or cut off.
            pair.deliver(hello, toPassive: false)
            if count < hello.count { pair.deliver(Array(hello.prefix(count)), toPassive: true) }
        }
        #expect(pair.passive.droppedDatagrams > 1000)
        #expect(pair.passive.state == .handshaking)
        pair.deliver(hello, toPassive: true)
        pair.run()
        try expectConnected(pair)
        for count in 0..<1500 {
            var bytes = random.bytes(count)
            if count > 0 { bytes[0] = UInt8.random(in: 20...63, using: &random) }
            pair.deliver(bytes, toPassive: true)
        }
        // Application data in the clear, and noise that says it is encrypted.
        pair.deliver(hex("17fefd0000000000000009000401020304"), toPassive: true)
        pair.deliver(hex("17fefd00010000000000ff0020") + random.bytes(32), toPassive: true)
        try expectConnected(pair)
    }

    @Test func aClaimOfAHugeMessageIsDropped() throws {
        let pair = try DTLSPair()
        pair.passive.start(now: .zero)
        // A ClientHello of 16 MiB of which one byte is here.
        pair.deliver(hex("16feff0000000000000000000d 01ffffff0000000000000001 00"), toPassive: true)
        #expect(pair.passive.droppedDatagrams == 1)
        pair.run()
        try expectConnected(pair)
    }

    @Test func certificatesDiffer() throws {
        let first = try DTLSCertificate()
        #expect(first.fingerprint.count == 32)
        #expect(try DTLSCertificate().fingerprint != first.fingerprint)
    }

    @Test func costOfAHandshake() throws {
        let count = 50
        let pairs = try (0..<count).map { _ in try DTLSPair() }
        let time = ContinuousClock().measure { for pair in pairs { pair.run() } }
        print("DTLS: a handshake, both sides \(time / count)")
        for pair in pairs { try expectConnected(pair) }
    }
}
