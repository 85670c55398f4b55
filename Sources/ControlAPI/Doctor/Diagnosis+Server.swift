import Certificates

// What the room server has said: who it is, its certificate, its clock.
extension Diagnosis {
    /// How far clocks may be apart before it is told.
    private static let bearableSeconds: Int64 = 60
    /// How long before the end of a certificate it is told.
    private static let noticeDays = 14

    /// - Parameters:
    ///   - url: the engine's server, `ws://host:port` or `wss://host:port`.
    ///   - now: by this machine's clock.
    package static func server(_ url: String, _ answer: ServerAnswer, now: CertificateTime = .now()) -> [Finding] {
        var findings: [Finding] = []
        switch answer.service {
        case .roomServer: break
        case .demandsTLS:
            findings.append(
                Finding(
                    .problem, "room server", "\(url) has a certificate and refuses other machines in clear",
                    fix:
                        "engine.server = \"wss\(url.dropFirst(2))\" in zegod.toml, and tls_pin as zegoctl cert create printed it there; then sudo systemctl restart zegod"
                ))
        case .somethingElse:
            findings.append(
                Finding(
                    .problem, "room server", "what answers at \(url) is no room server",
                    fix: "correct host and port of engine.server in zegod.toml; a room server's is 8790"))
        case .silent where answer.certificate == nil:
            findings.append(
                Finding(
                    .problem, "room server", "\(url) takes connections and does not answer",
                    fix:
                        "if it has TLS, engine.server = \"wss\(url.dropFirst(2))\"; on that machine: journalctl -u zegod -u zego-roomd -n 50"
                ))
        case .silent: break
        }
        if let certificate = answer.certificate { findings.append(finding(certificate, url, now)) }
        if let ahead = answer.clockAhead, abs(ahead) > bearableSeconds {
            findings.append(
                Finding(
                    .warning, "clock",
                    "this machine's clock is \(abs(ahead)) s \(ahead > 0 ? "behind" : "ahead of") the room server's: one of them is wrong",
                    fix: "date -u on both; on the one that is wrong: sudo timedatectl set-ntp true"))
        }
        return findings
    }

    private static func finding(
        _ certificate: ServerAnswer.Judgement, _ url: String, _ now: CertificateTime
    ) -> Finding {
        let (host, port) = ServerProbe.hostAndPort(url) ?? ("HOST", "8790")
        let fingerprint = "openssl x509 -noout -fingerprint -sha256 -in /etc/zegod/tls/certificate.pem"
        let remake = "sudo zegoctl cert create --force; sudo systemctl reload zegod (a certbot's: sudo certbot renew)"
        let take = "[engine] of zegod.toml here; sudo systemctl restart zegod"
        func problem(_ text: String, _ fix: String) -> Finding { Finding(.problem, "certificate", text, fix: fix) }
        switch certificate {
        case .accepted(let until):
            guard until.seconds - now.seconds < Int64(noticeDays) * 86_400 else {
                return Finding(.ok, "certificate", "that of \(host) is accepted")
            }
            return Finding(
                .warning, "certificate", "that of \(host) expires on \(until)", fix: "on the room server: \(remake)")
        case .unknownTrust:
            return Finding(
                .unknown, "certificate",
                "by what that of \(host) is to be known stands in a configuration that cannot be read here",
                fix: "sudo zegoctl doctor")
        case .noTLS(let reason):
            return problem(
                "\(url): no TLS (\(reason))",
                "on the room server: sudo zegoctl cert create, and the lines that it prints; without one: engine.server = \"ws\(url.dropFirst(3))\" here"
            )
        case .rejected(.expired(let subject, let date)):
            return problem(
                "that of \(host) (\(subject)) expired on \(date); here it is \(now)",
                "on the room server: \(remake); if the date here is wrong: sudo timedatectl set-ntp true")
        case .rejected(.notYetValid(let subject, let date)):
            return problem(
                "that of \(host) (\(subject)) is valid from \(date) on; here it is \(now)",
                "sudo timedatectl set-ntp true (or, without a network: sudo date -s 'YYYY-MM-DD HH:MM')")
        case .rejected(.wrongName(_, let names)):
            let known = names.isEmpty ? "no name" : names.joined(separator: ", ")
            let other = names.first?.split(separator: ":").last.map(String.init) ?? "NAME"
            return problem(
                "that of \(host) is not for \(host) but for \(known)",
                "engine.server = \"wss://\(other):\(port)\" in \(take); or on the room server: sudo zegoctl cert create --force --host \(host)"
            )
        case .rejected(.pinDiffers(let expected, let shown)):
            return problem(
                "that of \(host) is another than the pinned one: tls_pin is \(expected), it shows \(shown)",
                "on the room server: \(fingerprint); if it is the one that is shown: tls_pin = \"\(shown)\" in \(take)")
        case .rejected(.unknownIssuer(_, true, let pin, _)):
            return problem(
                "that of \(host) is self-signed and not known here: it shows \(pin)",
                "on the room server: \(fingerprint); if it is this one: tls_pin = \"\(pin)\" in \(take)")
        case .rejected(.unknownIssuer(let issuer, false, _, let byAuthorities)):
            return problem(
                "that of \(host) was issued by \(issuer), which is \(byAuthorities ? "not in the file of tls_ca" : "not trusted by this system")",
                "tls_ca = a file with that authority's certificate, in \(take); which ones the server sends: openssl s_client -connect \(host):\(port) -showcerts < /dev/null"
            )
        case .rejected(.other(let reason)):
            return problem(
                "that of \(host) is not accepted: \(reason)",
                "openssl s_client -connect \(host):\(port) -showcerts < /dev/null")
        }
    }
}
