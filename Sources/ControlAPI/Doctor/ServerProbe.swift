import Certificates
import Glibc
import VoiceEngine
import WebRTC

/// Tries a room server's TCP port: whether somebody listens there, who, and with which certificate.
package enum ServerProbe {
    /// Whether somebody listens.
    ///
    /// - Parameters:
    ///   - url: `ws://host:port` or `wss://host:port`.
    ///   - seconds: how long to wait for the other machine.
    /// - Returns: nil when the text is no such URL.
    package static func reach(_ url: String, timeout seconds: Double = 3) -> Diagnosis.ServerReach? {
        guard let (host, port) = hostAndPort(url) else { return nil }
        switch ProbeConnection.open(host: host, port: port, timeout: seconds) {
        case .success: return .answers
        case .failure(let reach): return reach
        }
    }

    /// Who listens; nil when nobody does, or the text is no such URL.
    ///
    /// - Parameter trust: by what the engine knows the server's certificate; nil: that is not known.
    package static func ask(_ url: String, trust: ServerTrust?, timeout seconds: Double = 3) -> ServerAnswer? {
        guard let (host, port) = hostAndPort(url),
            case .success(let connection) = ProbeConnection.open(host: host, port: port, timeout: seconds)
        else { return nil }
        guard url.hasPrefix("wss://") else { return answer(in: connection.exchange(request(host))) }
        var chain: [[UInt8]] = []
        let tls = TLSClient(serverName: host) { shown in
            chain = shown
            return nil
        }
        guard let tls else { return nil }
        if let failure = connection.handshake(tls) {
            return ServerAnswer(service: .silent, certificate: .noTLS(failure))
        }
        let text = connection.exchange(request(host), through: tls)
        var answer = answer(in: text)
        answer.certificate = judge(chain, trust, host: host)
        return answer
    }

    private static func judge(_ chain: [[UInt8]], _ trust: ServerTrust?, host: String) -> ServerAnswer.Judgement {
        guard let trust else { return .unknownTrust }
        do throws(CertificateRejection) {
            try trust.check(chain, host: host)
        } catch {
            return .rejected(error)
        }
        // A pinned certificate is taken whatever its dates.
        if case .pin = trust { return .accepted(until: CertificateTime(seconds: .max)) }
        let first = chain.first.flatMap { Certificate(der: $0) }
        return .accepted(until: first?.validUntil ?? CertificateTime(seconds: .max))
    }

    /// The door of engines, which says by its refusal of a plain request who is there.
    private static func request(_ host: String) -> String {
        "GET /v1/signal HTTP/1.1\r\nHost: \(host.contains(":") ? "[\(host)]" : host)\r\nConnection: close\r\n\r\n"
    }

    /// Reads the head of the response.
    static func answer(in text: String) -> ServerAnswer {
        let lines = text.split(whereSeparator: \.isNewline)
        let status = lines.first.map { $0.split(separator: " ") } ?? []
        guard status.count > 1, status[0].hasPrefix("HTTP/1."), let code = Int(status[1]) else {
            return ServerAnswer(service: .silent)
        }
        let isOurs = text.contains("zego-room.v1") || text.contains("draining")
        let service: ServerAnswer.Service =
            switch code {
            case 426 where isOurs, 503 where isOurs: .roomServer
            case 403 where text.contains("This server has a certificate"): .demandsTLS
            default: .somethingElse
            }
        let date = lines.first { $0.lowercased().hasPrefix("date: ") }.flatMap { HTTPDate(String($0.dropFirst(6))) }
        return ServerAnswer(service: service, clockAhead: date.map { $0.secondsSince1970 - Int64(time(nil)) })
    }

    /// The host and the port of a server URL.
    static func hostAndPort(_ url: String) -> (host: String, port: String)? {
        let isSecure = url.hasPrefix("wss://")
        guard isSecure || url.hasPrefix("ws://") else { return nil }
        let authority = url.dropFirst(isSecure ? 6 : 5).prefix { $0 != "/" }
        let standard = isSecure ? "443" : "80"
        if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
            let host = authority[authority.index(after: authority.startIndex)..<end]
            let rest = authority[authority.index(after: end)...]
            return (String(host), rest.hasPrefix(":") ? String(rest.dropFirst()) : standard)
        }
        guard let colon = authority.lastIndex(of: ":") else { return (String(authority), standard) }
        return (String(authority[..<colon]), String(authority[authority.index(after: colon)...]))
    }
}
