/// What a ``JitterBuffer`` says comes next for the ear.
package enum PlayoutAction: BitwiseCopyable {
    /// Decode this packet. `excess`: samples by which its delay is above the target (negative: below), for whoever
    /// stretches time; `isJump`: packets before it were skipped to catch up, so its start does not fit what was heard.
    case decode(StoredPacket, excess: Int, isJump: Bool)
    /// Decode the redundant copy inside this packet (which stays): `samples` of the frame before it.
    case recover(StoredPacket, samples: Int)
    /// Nothing is there: make up `samples`.
    case conceal(samples: Int)
    /// The sender sends nothing because there is nothing to be heard (DTX): `samples` of the quiet of its room.
    case comfort(samples: Int)
    /// Nothing is to be heard: the stream has not begun, paused, or is being buffered.
    case silence(samples: Int)
}
