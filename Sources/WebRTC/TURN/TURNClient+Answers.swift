import Transport

/// What the server answers.
extension TURNClient {
    /// How often the server may ask for other authentication before it is taken at its word.
    private static let maximumChallenges = 4
    /// Permissions last five minutes, channels ten (RFC 8656, sections 9 and 12).
    private static let permissionRefresh: Int64 = 240_000
    private static let channelRefresh: Int64 = 540_000
    /// When something that failed for the moment is asked for again.
    private static let secondTry: Int64 = 5_000

    func receiveAnswer(_ message: STUNMessage, now: MonotonicTime) -> TURNInput {
        guard message.messageClass == .success || message.messageClass == .error,
            let index = requests.firstIndex(where: {
                $0.id == message.transactionID && $0.purpose.method == message.method
            })
        else { return .foreign }
        if message.messageClass == .success {
            // Whoever was sent a MAC has to answer with one (RFC 8489, section 9.2.5).
            if let key = authentication.key, !message.hasIntegrity(key) { return .consumed }
            succeeded(requests.remove(at: index), message, now: now)
        } else if let code = message.errorCode {
            failed(requests.remove(at: index), code, message, now: now)
        }
        return .consumed
    }

    private func succeeded(_ request: TURNRequest, _ message: STUNMessage, now: MonotonicTime) {
        let lifetime = message.number(of: STUNAttribute.lifetime) ?? 600
        switch request.purpose {
        case .allocate:
            guard let relayed = message.address(of: STUNAttribute.xorRelayedAddress), !relayed.isUnspecified,
                lifetime > 0
            else { return end(.refused(0)) }
            becameAllocated(relayed: relayed, mapped: message.mappedAddress, lifetime: lifetime, now: now)
        case .refresh:
            scheduleRefresh(lifetime: lifetime, now: now)
        case .permission(let address):
            guard let index = peers.firstIndex(where: { $0.address == address }) else { return }
            peers[index].permissionAt = now.advanced(byMilliseconds: Self.permissionRefresh)
        case .channel(_, let address):
            guard let index = peers.firstIndex(where: { $0.address == address }) else { return }
            peers[index].isBound = true
            peers[index].channelAt = now.advanced(byMilliseconds: Self.channelRefresh)
        }
    }

    private func failed(_ request: TURNRequest, _ code: UInt16, _ message: STUNMessage, now: MonotonicTime) {
        switch STUNErrorCode(rawValue: code) {
        case .unauthenticated where authentication.key == nil, .staleNonce:
            guard request.challenges < Self.maximumChallenges, authentication.take(message) == .again else {
                return end(.credentialsRefused)
            }
            submit(request.purpose, challenges: request.challenges + 1, now: now)
        case .unauthenticated, .wrongCredentials:
            end(.credentialsRefused)
        case .allocationMismatch:
            end(.lost)
            // There is another allocation on our addresses: it is given back before the next attempt.
            if request.purpose == .allocate, authentication.key != nil { submit(.refresh(lifetime: 0), now: now) }
        case .allocationQuotaReached, .insufficientCapacity:
            refused(request, .full, now: now)
        case .tryAlternate:
            guard request.purpose == .allocate,
                let address = message.address(of: STUNAttribute.alternateServer, xored: false), address.port != 0,
                !address.isUnspecified
            else { return refused(request, .refused(code), now: now) }
            let domain = message.value(of: STUNAttribute.alternateDomain).flatMap {
                String(validating: $0, as: UTF8.self)
            }
            end(.redirected(address, domain: domain))
        case .addressFamilyNotSupported where request.purpose == .allocate && addressFamily == 1:
            addressFamily = 2
            submit(.allocate, now: now)
        case .forbidden, .peerAddressFamilyMismatch:
            forbid(request, code, now: now)
        default:
            refused(request, .refused(code), now: now)
        }
    }

    /// An error that ends an attempt to allocate, and is overcome later by everything else.
    private func refused(_ request: TURNRequest, _ failure: TURNFailure, now: MonotonicTime) {
        switch request.purpose {
        case .allocate: end(failure)
        case .refresh: refreshAt = now.advanced(byMilliseconds: Self.secondTry)
        case .permission, .channel: tryAgain(request, now: now)
        }
    }

    /// No answer came to any transmission.
    func unanswered(_ request: TURNRequest, now: MonotonicTime) {
        switch request.purpose {
        case .allocate: end(.noAnswer)
        case .refresh: end(.lost)
        case .permission, .channel: tryAgain(request, now: now)
        }
    }

    private func tryAgain(_ request: TURNRequest, now: MonotonicTime) {
        let time = now.advanced(byMilliseconds: Self.secondTry)
        switch request.purpose {
        case .allocate, .refresh: break
        case .permission(let address):
            if let index = peers.firstIndex(where: { $0.address == address }) { peers[index].permissionAt = time }
        case .channel(_, let address):
            guard let index = peers.firstIndex(where: { $0.address == address }) else { return }
            // Until then by indications, which need no channel.
            peers[index].isBound = false
            peers[index].channelAt = time
        }
    }

    private func forbid(_ request: TURNRequest, _ code: UInt16, now: MonotonicTime) {
        switch request.purpose {
        case .allocate: end(.refused(code))
        case .refresh: refused(request, .refused(code), now: now)
        case .permission(let address), .channel(_, let address):
            guard let index = peers.firstIndex(where: { $0.address == address }) else { return }
            peers[index].isForbidden = true
            peers[index].isBound = false
            peers[index].channelAt = .distantFuture
        }
    }
}
