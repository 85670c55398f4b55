import JSONRPC

/// What `status` says from memory, and up to which event that is complete.
package struct StatusBase: Sendable {
    package var status: JSONObject
    /// The last event that `status` contains; the log applies the later ones.
    package var lastSeq: UInt64

    package init(status: JSONObject, lastSeq: UInt64) {
        self.status = status
        self.lastSeq = lastSeq
    }
}

/// Gives the status from memory, at once and from any thread; asked before the log's lock is taken.
package typealias StatusSource = @Sendable () -> StatusBase
