/// The handle of a recording that was begun. Copies mean the same recording.
package struct AudioRecording: Sendable {
    /// What ``AudioEvent/recordingFailed(slot:error:)`` names.
    package let slot: Int
    let helper: DeviceHelper

    /// Ends it; answers when the file is complete. Throws what keeps it from being so; what was written before can be
    /// played all the same.
    package func stop() async throws(AudioError) {
        try await helper.stopRecording(slot: slot)
    }
}
