import Certificates
import ControlAPI
import Glibc
import JSONRPC
import Testing

@Suite("The doctor")
struct DiagnosisTests {
    private func status(_ change: (inout JSONObject) -> Void) -> JSONValue {
        var object = CommandLineTests.status.object ?? [:]
        change(&object)
        return .object(object)
    }

    private func room(_ reason: String, _ code: Int64) -> JSONValue {
        status {
            $0["rooms"] = [
                ["roomID": "room1", "reason": .string(reason), "errorCode": .integer(code), "user": ["userID": "u"]]
            ]
        }
    }

    @Test("A call that is well has no problem but the stream that failed, and that one has a hint")
    func well() {
        let findings = Diagnosis.call(CommandLineTests.status, reach: .answers)
        #expect(findings.filter { $0.severity == .problem }.map(\.subject) == ["stream s3"])
        #expect(findings.contains { $0.subject == "media path" && $0.severity == .ok })
        let devices = Diagnosis.devices(CommandLineTests.status, hasCards: true, holders: [])
        #expect(devices.allSatisfy { $0.severity == .ok } && devices.count == 2)
    }

    @Test("Every trouble of the socket names its mending")
    func socket() {
        func fix(_ trouble: Diagnosis.SocketTrouble, member: Bool = false, unit: Bool = true) -> String {
            Diagnosis.socket("/run/zegod/control.sock", trouble, user: "ann", isMemberElsewhere: member, hasUnit: unit)
                .fix ?? ""
        }
        #expect(fix(.missing).contains("systemctl enable --now zegod"))
        #expect(!fix(.missing, unit: false).contains("systemctl"))
        #expect(fix(.forbidden).contains("usermod -aG zegod,zegod-events ann"))
        #expect(fix(.forbidden, member: true).contains("newgrp"))
        #expect(fix(.nobodyListens).contains("journalctl"))
        #expect(fix(.noAnswer).contains("journalctl"))
    }

    @Test("The room server, the token, the application, the media path")
    func call() throws {
        func problem(_ status: JSONValue, _ reach: Diagnosis.ServerReach? = nil) throws -> Finding {
            try #require(Diagnosis.call(status, reach: reach).first { $0.severity == .problem })
        }
        let remote = status {
            $0["engine"] = ["state": "running", "appID": 1, "server": "ws://far:8791"]
            $0["players"] = []
        }
        #expect(try problem(remote, .refused).fix?.contains("listen") == true)
        #expect(try problem(remote, .noAnswer).fix?.contains("ufw allow 8791") == true)
        #expect(try problem(remote, .unknownHost).text.contains("not known"))
        #expect(
            try problem(room("login-failed", 1_002_078)).fix?.contains("zegoctl token --user u --room room1") == true)
        #expect(try problem(room("login-failed", 1_002_033)).fix?.contains("zegoctl app show") == true)
        #expect(try problem(room("reconnecting", 1_002_051)).text.contains("no session"))
        #expect(try problem(room("kick-out", 1_002_055)).text.contains("kick-out"))
        let blocked = status {
            $0["players"] = []
            $0["network"] = ["local": "", "remote": "", "ice": "checking", "relay": false]
        }
        let udp = try problem(blocked)
        #expect(udp.subject == "media path" && udp.text.contains("UDP") && udp.fix?.contains("8790/udp") == true)
        #expect(try problem(status { $0["engine"] = ["state": "none"] }).subject == "engine")
    }

    @Test("The room server's certificate: every way in which it is wrong, each with what mends it")
    func certificate() throws {
        let pins = try ["ab", "cd"].map { try #require(CertificatePin(String(repeating: $0, count: 32))) }
        let now = CertificateTime(seconds: 1_800_000_000)
        func finding(_ judgement: ServerAnswer.Judgement) throws -> Finding {
            let answer = ServerAnswer(service: .roomServer, certificate: judgement)
            return try #require(Diagnosis.server("wss://far:8791", answer, now: now).first)
        }
        let wrong: [(CertificateRejection, text: String, fix: String)] = [
            (.expired(subject: "CN = far", on: now.advanced(byDays: -1)), "expired on", "zegoctl cert create --force"),
            (.notYetValid(subject: "CN = far", from: now.advanced(byDays: 1)), "valid from", "timedatectl set-ntp"),
            (.wrongName(host: "far", names: ["DNS:kitchen"]), "for DNS:kitchen", "wss://kitchen:8791"),
            (.wrongName(host: "far", names: []), "for no name", "cert create --force --host far"),
            (.pinDiffers(expected: pins[0], shown: pins[1]), "\(pins[0])", "tls_pin = \"\(pins[1])\""),
            (
                .unknownIssuer(issuer: "CN = far", isSelfSigned: true, pin: pins[0], byAuthorities: false),
                "self-signed", "tls_pin = \"\(pins[0])\""
            ),
            (
                .unknownIssuer(issuer: "CN = Us", isSelfSigned: false, pin: pins[0], byAuthorities: false),
                "CN = Us, which is not trusted", "tls_ca"
            ),
            (
                .unknownIssuer(issuer: "CN = Us", isSelfSigned: false, pin: pins[0], byAuthorities: true),
                "not in the file of tls_ca", "openssl s_client -connect far:8791"
            ),
            (.other("EE certificate key too weak"), "too weak", "openssl s_client"),
        ]
        for (rejection, text, fix) in wrong {
            let finding = try finding(.rejected(rejection))
            #expect(finding.severity == .problem && finding.subject == "certificate")
            #expect(finding.text.contains(text), "\(finding)")
            #expect(finding.fix?.contains(fix) == true, "\(finding)")
        }
        #expect(try finding(.noTLS("wrong version number")).fix?.contains("ws://far:8791") == true)
        #expect(try finding(.unknownTrust).severity == .unknown)
        #expect(try finding(.accepted(until: now.advanced(byDays: 3))).severity == .warning)
        #expect(try finding(.accepted(until: now.advanced(byDays: 90))).severity == .ok)
    }

    @Test("Who answers at the room server's port, and what time it is there")
    func answers() throws {
        func problem(_ answer: ServerAnswer) throws -> Finding {
            try #require(Diagnosis.server("ws://far:8790", answer).first { $0.severity != .ok })
        }
        #expect(try problem(ServerAnswer(service: .demandsTLS)).fix?.contains("wss://far:8790") == true)
        #expect(try problem(ServerAnswer(service: .somethingElse)).text.contains("no room server"))
        #expect(try problem(ServerAnswer(service: .silent)).fix?.contains("journalctl") == true)
        let behind = try problem(ServerAnswer(service: .roomServer, clockAhead: 3600))
        #expect(behind.subject == "clock" && behind.text.contains("3600 s behind"))
        #expect(Diagnosis.server("ws://far:8790", ServerAnswer(service: .roomServer, clockAhead: 3)).isEmpty)
    }

    @Test("Cards: none, busy, forbidden, gone")
    func devices() throws {
        func problem(_ code: Int64, hasCards: Bool = true, holders: [String] = []) throws -> Finding {
            let broken = status {
                $0["audio"] = ["input": ["deviceID": "hw:1", "state": "failed", "errorCode": .integer(code)]]
            }
            return try #require(Diagnosis.devices(broken, hasCards: hasCards, holders: holders).first)
        }
        #expect(try problem(1_006_002, hasCards: false).text.contains("no sound card"))
        #expect(try problem(1_006_002).fix?.contains("zegoctl devices") == true)
        #expect(try problem(1_006_003).fix?.contains("usermod -aG audio zegod") == true)
        let busy = try problem(1_006_005, holders: ["pulseaudio (pid 7)"])
        #expect(busy.text.contains("pulseaudio (pid 7)") && busy.fix?.contains("fuser") == true)
    }

    @Test("Realtime, clock, disk")
    func machine() throws {
        let slow = status { $0["audio"] = ["realtime": false] }
        #expect(Diagnosis.realtime(slow, limit: 0, hasUnit: true)?.fix?.contains("LimitRTPRIO") == true)
        #expect(Diagnosis.realtime(slow, limit: 0, hasUnit: false)?.fix?.contains("limits.d") == true)
        #expect(Diagnosis.realtime(slow, limit: 80, hasUnit: true)?.fix?.contains("sched_rt_runtime_us") == true)
        #expect(Diagnosis.realtime(CommandLineTests.status, limit: 0, hasUnit: true)?.severity == .ok)
        #expect(Diagnosis.clock(now: 0, isSynchronised: nil).severity == .problem)
        #expect(Diagnosis.clock(now: 1_800_000_000, isSynchronised: false).severity == .warning)
        #expect(Diagnosis.clock(now: 1_800_000_000, isSynchronised: true).severity == .ok)
        #expect(Diagnosis.disk(freeBytes: 1, path: "/x")?.severity == .problem)
        #expect(Diagnosis.disk(freeBytes: 1 << 40, path: "/x") == nil)
        #expect(MachineFacts.freeBytes("/").map { $0 > 0 } == true)
        #expect(MachineFacts.realtimeLimit(processID: Int(getpid())) != nil)
        #expect(!MachineFacts.userName.isEmpty)
        #expect(!MachineFacts.isMember("nobody-of-this-name", of: "audio"))
    }

    @Test("Whether somebody listens at the room server's port")
    func probe() throws {
        #expect(ServerProbe.reach("embedded") == nil)
        #expect(ServerProbe.reach("ws://no-such-host.invalid:1") == .unknownHost)
        let listener = Glibc.socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        defer { close(listener) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = bind(listener, $0, length)
                _ = getsockname(listener, $0, &length)
            }
        }
        let url = "ws://127.0.0.1:\(UInt16(bigEndian: address.sin_port))"
        #expect(ServerProbe.reach(url) == .refused)
        #expect(listen(listener, 1) == 0)
        #expect(ServerProbe.reach(url) == .answers)
    }
}
