import JSONRPC
import Logging
import RoomModel
import VoiceAudio

// Recordings of what is said, heard, or both.
extension VoiceEngine {
    /// Bytes of a path at most.
    private static let longestPath = 1024

    /// `startRecording`: into a file below the files directory, WAV or Ogg Opus by its suffix; answers when it is being
    /// written.
    ///
    /// 1010002 for another suffix, 1010011 for a path that is too long, 1010013 for a file that cannot be made, is being
    /// recorded already, or is one recording too many.
    package func startRecording(
        path: String, type: RecordingType, existing: ExistingFile = .refuse
    ) async throws -> RecordingResult {
        try checkAlive()
        guard path.utf8.count < Self.longestPath else {
            throw ZegoError(.recordPathTooLong, detail: "\(path.utf8.count) bytes")
        }
        let format = try Self.format(of: path)
        guard existing == .number || !recordings.contains(where: { $0.path == path }) else {
            throw ZegoError(.recordOpenFailed, detail: "\"\(path)\" is being recorded already")
        }
        let file: OpenedFile
        do {
            file = try files.createForWriting(path, existing: existing)
        } catch {
            throw ZegoError(.recordOpenFailed, detail: error.detail)
        }
        recordings.append(RunningRecording(requestedPath: path, type: type, file: file))
        do {
            let handle = try await audio.startRecording(
                RecordingRequest(path: file.path, source: type.source, format: format))
            guard let index = recordings.firstIndex(where: { $0.file === file }) else {
                try? await handle.stop()
                throw ZegoError(.recordOpenFailed, detail: "\"\(path)\" was stopped before it began")
            }
            recordings[index].handle = handle
        } catch {
            recordings.removeAll { $0.file === file }
            throw Self.recordingError(error, file, otherwise: .recordOpenFailed)
        }
        tell([.recordingState(path: file.name, type: type, state: .started, errorCode: 0)])
        return RecordingResult(path: file.name, lastSeq: lastSeq)
    }

    /// `stopRecording` of a path (of the file, or as `startRecording` was given it), of all of a type, or of all; answers when
    /// the files are complete. 1000017 for a path that is not being recorded.
    package func stopRecording(path: String? = nil, type: RecordingType? = nil) async throws -> CallResult {
        try checkAlive()
        let isFile = recordings.contains { $0.path == path }
        let meant = recordings.filter { recording in
            (path == nil || (isFile ? recording.path : recording.requestedPath) == path)
                && (recording.type == type || type == nil)
        }
        if let path, meant.isEmpty {
            throw ZegoError(.illegalParameter, detail: "\"\(path)\" is not being recorded")
        }
        for recording in meant { await end(recording) }
        return CallResult(lastSeq: lastSeq)
    }

    /// Completes all files, for an engine that comes to its end.
    func endRecordings() async {
        for recording in recordings { await end(recording) }
    }

    /// A file cannot be written any more: the call goes on, the recording ends.
    func recordingFailed(slot: Int, _ error: AudioError) {
        guard let recording = recordings.first(where: { $0.handle?.slot == slot }) else { return }
        Task { await end(recording, because: error) }
    }

    private func end(_ recording: RunningRecording, because failure: AudioError? = nil) async {
        guard let index = recordings.firstIndex(where: { $0.file === recording.file }) else { return }
        recordings.remove(at: index)
        // One that has not begun yet finds itself gone.
        guard let handle = recording.handle else { return }
        var failure = failure
        do {
            try await handle.stop()
        } catch {
            failure = failure ?? error
        }
        guard let failure else {
            return tell([.recordingState(path: recording.path, type: recording.type, state: .stopped, errorCode: 0)])
        }
        let error = Self.recordingError(failure, recording.file, otherwise: .recordWriteFailed)
        logger.warning("\(error.description)", metadata: ["ERROR_CODE": "\(error.code.number)"])
        tell([
            .recordingState(
                path: recording.path, type: recording.type, state: .failed, errorCode: error.code.number)
        ])
    }

    private static func format(of path: String) throws(ZegoError) -> RecordingFormat {
        let name = path.split(separator: "/").last ?? ""
        let suffix = name.contains(".") ? name.split(separator: ".").last?.lowercased() ?? "" : ""
        switch suffix {
        case "wav": return .wav
        case "ogg", "opus": return .oggOpus
        default:
            throw ZegoError(
                .recordSuffixNotSupported, detail: "\"\(path)\"; .wav, and .ogg or .opus for Opus, are written")
        }
    }

    private static func recordingError(
        _ error: any Error, _ file: OpenedFile, otherwise code: ZegoErrorCode
    ) -> ZegoError {
        guard let error = error as? AudioError else { return error as? ZegoError ?? ZegoError(code) }
        let detail = error.message.replacing(file.path, with: file.name)
        switch error {
        case .diskFull: return ZegoError(.recordNoSpace, detail: detail)
        case .stopped: return ZegoError(audio: error)
        default: return ZegoError(code, detail: detail)
        }
    }
}
