/// The answer of `startRecording`.
package struct RecordingResult: Sendable, Equatable {
    /// The file that was made, below the files directory.
    package let path: String
    package let lastSeq: UInt64

    package init(path: String, lastSeq: UInt64) {
        self.path = path
        self.lastSeq = lastSeq
    }
}
