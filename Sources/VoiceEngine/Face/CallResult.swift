/// What a call answers that has nothing else to say.
package struct CallResult: Sendable, Equatable {
    /// The sequence number of the last event when the call was done: no event that it caused has a later one.
    package let lastSeq: UInt64

    package init(lastSeq: UInt64) {
        self.lastSeq = lastSeq
    }
}
