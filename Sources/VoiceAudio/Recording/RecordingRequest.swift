/// A recording that is asked for.
package struct RecordingRequest: Sendable, Hashable {
    /// Checked by the caller; a file that exists is overwritten.
    package var path: String
    package var source: RecordingSource
    package var format: RecordingFormat

    package init(path: String, source: RecordingSource, format: RecordingFormat) {
        self.path = path
        self.source = source
        self.format = format
    }
}
