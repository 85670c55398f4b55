import JSONRPC

/// The last replies of a session, by request id: a request whose reply was lost with its connection is repeated by the
/// client with the same id, and is answered from here instead of being executed again.
struct ReplyCache {
    private let capacity: Int
    private var replies: [JSONRPCID: [UInt8]] = [:]
    private var order: [JSONRPCID] = []

    init(capacity: Int) {
        self.capacity = capacity
    }

    /// The reply to a request that was answered already.
    subscript(id: JSONRPCID) -> [UInt8]? { replies[id] }

    /// Keeps a reply; the oldest one goes when there are too many.
    mutating func keep(_ reply: [UInt8], for id: JSONRPCID) {
        if replies.updateValue(reply, forKey: id) != nil { return }
        order.append(id)
        if order.count > capacity { replies[order.removeFirst()] = nil }
    }
}
