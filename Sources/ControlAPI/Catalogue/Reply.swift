import JSONRPC

/// What a method gives back.
package struct Reply: Sendable {
    /// What the connection does when the reply has been put on the line.
    package enum SubscriptionChange: Sendable {
        case none
        /// Events of this subscription follow from here on; one that was there ends.
        case start(EventSubscription)
        case end
    }

    /// The result; `seq` is added by the dispatcher unless it is there.
    package var result: JSONObject
    /// The last event that the call caused: the reply is written after it. Nil: the last event there is.
    package var seq: UInt64?
    /// False of the one result whose format allows no member `seq` (the OpenRPC document).
    package var carriesSeq = true
    package var subscriptionChange = SubscriptionChange.none

    package init(_ result: JSONObject = [:], seq: UInt64? = nil) {
        self.result = result
        self.seq = seq
    }
}
