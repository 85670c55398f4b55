package import JSONRPC

/// A request of a client, as the server reads it.
package enum SignalingCall: Hashable, Sendable {
    case login(LoginRequest)
    case resume(ResumeRequest)
    case logout(LogoutRequest)
    case switchRoom(SwitchRoomRequest)
    case renewToken(RenewTokenRequest)
    case negotiate(NegotiateRequest)
    case candidate(CandidateRequest)
    case unpublish(UnpublishRequest)
    case stopPlay(StopPlayRequest)
    case mute(MuteRequest)
    case setStreamExtraInfo(SetStreamExtraInfoRequest)
    case setRoomExtraInfo(SetRoomExtraInfoRequest)
    case sendBroadcastMessage(SendBroadcastMessageRequest)
    case sendBarrageMessage(SendBarrageMessageRequest)
    case sendCustomCommand(SendCustomCommandRequest)
    case ping(PingRequest)

    /// Reads the params of a method; nil when there is no such method. Throws `JSONShapeError` or ``ZegoError``.
    package init?(method: String, params: JSONValue) throws {
        switch method {
        case LoginRequest.method: self = .login(try LoginRequest(json: params))
        case ResumeRequest.method: self = .resume(try ResumeRequest(json: params))
        case LogoutRequest.method: self = .logout(try LogoutRequest(json: params))
        case SwitchRoomRequest.method: self = .switchRoom(try SwitchRoomRequest(json: params))
        case RenewTokenRequest.method: self = .renewToken(try RenewTokenRequest(json: params))
        case NegotiateRequest.method: self = .negotiate(try NegotiateRequest(json: params))
        case CandidateRequest.method: self = .candidate(try CandidateRequest(json: params))
        case UnpublishRequest.method: self = .unpublish(try UnpublishRequest(json: params))
        case StopPlayRequest.method: self = .stopPlay(try StopPlayRequest(json: params))
        case MuteRequest.method: self = .mute(try MuteRequest(json: params))
        case SetStreamExtraInfoRequest.method: self = .setStreamExtraInfo(try SetStreamExtraInfoRequest(json: params))
        case SetRoomExtraInfoRequest.method: self = .setRoomExtraInfo(try SetRoomExtraInfoRequest(json: params))
        case SendBroadcastMessageRequest.method:
            self = .sendBroadcastMessage(try SendBroadcastMessageRequest(json: params))
        case SendBarrageMessageRequest.method: self = .sendBarrageMessage(try SendBarrageMessageRequest(json: params))
        case SendCustomCommandRequest.method: self = .sendCustomCommand(try SendCustomCommandRequest(json: params))
        case PingRequest.method: self = .ping(try PingRequest(json: params))
        default: return nil
        }
    }
}
