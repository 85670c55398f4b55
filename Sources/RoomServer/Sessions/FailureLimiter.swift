import RoomModel
import Transport

/// How many failed authentications are told their reason, for each address and for each application.
///
/// Over the limit a failure is answered with nothing but that there were too many, so that trying tells nothing. Right
/// credentials are taken all the same: a stranger's failures shut out nobody else behind the same address or in the same
/// application.
struct FailureLimiter {
    /// At once, and on average per second.
    static let addressBurst = 20
    static let addressPerSecond = 1.0 / 3
    static let applicationBurst = 200
    static let applicationPerSecond = 2.0
    /// Addresses that are kept apart; more of them share one limit.
    static let maximumAddresses = 4096

    private var addresses: [String: TokenBucket] = [:]
    private var applications: [AppID: TokenBucket] = [:]

    /// Counts a failure. False: too many from this address, or for this application (nil: one that does not exist).
    mutating func permit(address: String, application: AppID?, now: MonotonicTime) -> Bool {
        let isWithinAddress = permit(address: network(of: address), now: now)
        guard let application else { return isWithinAddress }
        let full = TokenBucket(perSecond: Self.applicationPerSecond, burst: Self.applicationBurst, now: now)
        return applications[application, default: full].take(now) && isWithinAddress
    }

    private mutating func permit(address: String, now: MonotonicTime) -> Bool {
        let full = TokenBucket(perSecond: Self.addressPerSecond, burst: Self.addressBurst, now: now)
        if addresses[address] == nil, addresses.count >= Self.maximumAddresses {
            addresses = addresses.filter { !$0.value.isFull(now) }
            if addresses.count >= Self.maximumAddresses { return addresses["", default: full].take(now) }
        }
        return addresses[address, default: full].take(now)
    }

    /// An IPv6 network of 64 bits is one household, which has all its addresses at hand.
    private func network(of address: String) -> String {
        guard let numeric = TransportAddress(host: address, port: 0), numeric.family == .ipv6 else { return address }
        return TransportAddress(ipv6High: numeric.high, low: 0, port: 0).host
    }
}
