package import JSONRPC

/// A request of a client, as the server reads it.
package enum SignalingCall: Hashable, Sendable {
    case login(LoginRequest)
    case resume(ResumeRequest)
    case logout(LogoutRequest)
    case negotiate(NegotiateRequest)
    case candidate(CandidateRequest)
    case unpublish(UnpublishRequest)
    case stopPlay(StopPlayRequest)
    case mute(MuteRequest)
    case ping(PingRequest)

    /// Reads the params of a method; nil when there is no such method. Throws `JSONShapeError` or ``ZegoError``.
    package init?(method: String, params: JSONValue) throws {
        switch method {
        case LoginRequest.method: self = .login(try LoginRequest(json: params))
        case ResumeRequest.method: self = .resume(try ResumeRequest(json: params))
        case LogoutRequest.method: self = .logout(try LogoutRequest(json: params))
        case NegotiateRequest.method: self = .negotiate(try NegotiateRequest(json: params))
        case CandidateRequest.method: self = .candidate(try CandidateRequest(json: params))
        case UnpublishRequest.method: self = .unpublish(try UnpublishRequest(json: params))
        case StopPlayRequest.method: self = .stopPlay(try StopPlayRequest(json: params))
        case MuteRequest.method: self = .mute(try MuteRequest(json: params))
        case PingRequest.method: self = .ping(try PingRequest(json: params))
        default: return nil
        }
    }
}
