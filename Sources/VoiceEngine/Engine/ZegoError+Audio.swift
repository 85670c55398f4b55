import RoomModel
import VoiceAudio

extension ZegoError {
    /// What went wrong with sound, by the SDK's numbers. A file is called by the name that the caller gave it.
    init(audio error: AudioError, file: OpenedFile? = nil) {
        let detail = file.map { error.message.replacing($0.path, with: $0.name) } ?? error.message
        self.init(error.code, detail: detail)
    }
}

extension AudioError {
    /// The SDK's number.
    var code: ZegoErrorCode {
        switch self {
        case .unknownDevice: .deviceInvalidID
        case .deviceBusy: .deviceInUse
        case .deviceForbidden: .deviceNoAuthorization
        case .deviceUnusable: .deviceGeneric
        case .malformedDeviceName: .deviceInvalidID
        case .diskFull: .illegalParameter
        case .unreadableFile, .unwritableFile, .invalidParameter: .illegalParameter
        case .codec: .publisherInnerError
        case .stopped: .engineNotStarted
        }
    }

    /// What those who play a stream hear of its device.
    var microphoneState: MicrophoneState {
        switch code {
        case .deviceInvalidID: .invalidID
        case .deviceInUse: .inUse
        case .deviceNoAuthorization: .noAuthorization
        default: .genericError
        }
    }
}
