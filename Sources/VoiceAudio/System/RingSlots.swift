import MediaIO

// What the slots of our rings hold. `SPSCRing` is not generic (a generic function of another module cannot be called
// from `@_noAllocation` code), so the types are put back here.

extension RingSlot {
    /// Of ``AudioSystem/encodedFrames``.
    package var encodedFrame: UnsafeMutablePointer<EncodedFrame> {
        @_noAllocation @_noLocks get { header.assumingMemoryBound(to: EncodedFrame.self) }
    }

    /// Of ``AudioSystem/receivedFrames``.
    package var receivedFrame: UnsafeMutablePointer<ReceivedFrame> {
        @_noAllocation @_noLocks get { header.assumingMemoryBound(to: ReceivedFrame.self) }
    }

    var command: UnsafeMutablePointer<AudioCommand> {
        @_noAllocation @_noLocks get { header.assumingMemoryBound(to: AudioCommand.self) }
    }

    var result: UnsafeMutablePointer<AudioResult> {
        @_noAllocation @_noLocks get { header.assumingMemoryBound(to: AudioResult.self) }
    }

    var sampleBlock: UnsafeMutablePointer<SampleBlock> {
        @_noAllocation @_noLocks get { header.assumingMemoryBound(to: SampleBlock.self) }
    }

    var recordedBlock: UnsafeMutablePointer<RecordedBlock> {
        @_noAllocation @_noLocks get { header.assumingMemoryBound(to: RecordedBlock.self) }
    }
}
