/// A file that a recording goes into, whatever its format. Used by the recording thread.
protocol RecordingFile: AnyObject {
    /// Where it is written.
    var output: OutputFile { get }
    /// Appends interleaved samples.
    func append(_ samples: [Float]) throws(AudioError)
    /// Brings the file up to date, so that what a killed process leaves behind can be played up to here.
    func flush() throws(AudioError)
    /// Completes it; nothing comes afterwards.
    func finish() throws(AudioError)
}
