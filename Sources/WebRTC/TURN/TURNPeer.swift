import Transport

/// A peer that an allocation may exchange datagrams with.
struct TURNPeer {
    let address: TransportAddress
    /// When its permission is to be asked for, the first time or again.
    var permissionAt: MonotonicTime
    /// The server will not have it (403, 443).
    var isForbidden = false
    /// A channel is wanted, and its number once it was asked for.
    var wantsChannel = false
    var channel: UInt16?
    var isBound = false
    var channelAt = MonotonicTime.distantFuture

    var deadline: MonotonicTime { min(permissionAt, channelAt) }
}
