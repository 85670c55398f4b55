/// The handshake and what it gives.
extension PeerConnection {
    /// Makes the association at the first agreement; later ones go on with it (RFC 8842, section 5).
    func setUpDTLS(active: Bool, fingerprints: [SDPFingerprint]) throws(PeerConnectionError) {
        guard dtls == nil else { return }
        let expected = fingerprints.filter { $0.algorithm == "sha-256" }.map(\.digest)
        do throws(DTLSError) {
            dtls = try DTLSTransport(
                role: active ? .active : .passive, certificate: configuration.certificate,
                expectedFingerprints: expected)
        } catch {
            throw .unsupported(reason: error.description)
        }
        remoteFingerprints = fingerprints
    }

    /// Takes over keys when there are some, and tells of the end.
    func settleDTLS() {
        guard let dtls, dtls.state != settledDTLSState else { return }
        settledDTLSState = dtls.state
        switch dtls.state {
        case .new, .handshaking: break
        case .connected:
            guard srtpSender == nil, let keys = dtls.keys else { return }
            do throws(SRTPError) {
                // A relay passes on packets in the order in which they come to it.
                srtpSender = try SRTPSender(keys.local, allowsReordering: configuration.role == .server)
                srtpReceiver = try SRTPReceiver(keys.remote)
                becameConnected(keys.profile)
            } catch {
                becameDisconnected(.failed(.dtls("no SRTP keys: \(error)")))
            }
        case .closed: becameDisconnected(.closedByPeer)
        case .failed(let error): becameDisconnected(.failed(.dtls(error.description)))
        }
    }
}
