/// What a publisher's microphone does (the SDK's `ZegoRemoteDeviceState`, `facts/zego.md` section 2.5).
package enum MicrophoneState: String, CaseIterable, Hashable, Sendable {
    case open
    case genericError = "generic-error"
    case invalidID = "invalid-id"
    case noAuthorization = "no-authorization"
    case inUse = "in-use"
    case unplugged
    case disable
    case mute
}
