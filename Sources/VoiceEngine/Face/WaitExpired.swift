/// The wait of a call ran out; the work goes on and events tell the rest (-32002 in the control API).
package struct WaitExpired: Error, Sendable, Equatable {
    /// The sequence number of the last event when the wait ran out.
    package let lastSeq: UInt64

    package init(lastSeq: UInt64) {
        self.lastSeq = lastSeq
    }
}
