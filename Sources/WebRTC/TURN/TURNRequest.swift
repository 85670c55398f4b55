import Transport

/// A request of a ``TURNClient`` that waits for its answer.
struct TURNRequest {
    enum Purpose: Equatable {
        case allocate
        /// `lifetime` 0 gives the allocation back.
        case refresh(lifetime: UInt32?)
        case permission(TransportAddress)
        case channel(UInt16, TransportAddress)

        var method: UInt16 {
            switch self {
            case .allocate: STUNMessage.allocate
            case .refresh: STUNMessage.refresh
            case .permission: STUNMessage.createPermission
            case .channel: STUNMessage.channelBind
            }
        }
    }

    let purpose: Purpose
    var id: STUNTransactionID
    var transmissions = 0
    /// When it is to be sent (again), or has failed.
    var sendAt: MonotonicTime
    /// It is to be written at the next opportunity.
    var isDue = false
    /// How often the server has asked for (other) authentication.
    var challenges = 0
}
