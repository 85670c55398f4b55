import Certificates

extension ServerTrust {
    /// Judges the certificates that a TURN server shows for a name, as ``MediaTransport`` wants it: by the authorities that
    /// are trusted for the room server too. A pin is that of the room server alone: then the system's authorities judge.
    var judgeOfRelays: @Sendable (_ chain: [[UInt8]], _ name: String) -> String? {
        let trust: ServerTrust = if case .pin = self { .system } else { self }
        return { chain, name in
            do throws(CertificateRejection) {
                try trust.check(chain, host: name)
                return nil
            } catch {
                return "\(error)"
            }
        }
    }
}
