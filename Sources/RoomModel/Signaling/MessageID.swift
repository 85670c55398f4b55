/// The number of a message, unique in a room server and growing in the order in which it took them, over its restarts too.
/// Below 2^53, so that every reader of JSON can hold it.
package struct MessageID: Hashable, Comparable, Sendable {
    package let number: Int64

    package init(_ number: Int64) {
        self.number = number
    }

    /// The next number after `previous`: the time leads, so that a server that starts anew goes on above its old ones.
    /// - Parameter milliseconds: since 1970.
    package static func next(after previous: MessageID, milliseconds: Double) -> MessageID {
        MessageID(max(previous.number + 1, Int64(milliseconds) * 1000))
    }

    package static func < (left: MessageID, right: MessageID) -> Bool { left.number < right.number }
}
