package import JSONRPC

/// A notification of the server within a session.
package enum SignalingNotification: Hashable, Sendable {
    case userUpdate(UserUpdate)
    case streamUpdate(StreamUpdate)
    case onlineUserCount(OnlineUserCount)
    case streamExtraInfo(StreamExtraInfoUpdate)
    case roomExtraInfo(RoomExtraInfoUpdate)
    case message(RoomMessage)
    case remoteMicState(RemoteMicState)
    case kickOut(KickOut)
    case tokenWillExpire(TokenWillExpire)
    case publishState(PublishState)
    case playState(PlayState)
    case reconnect(ReconnectAdvice)
    /// A method that this version does not know: to be ignored, its `seq` counts.
    case unknown(method: String)

    /// Reads the params of a method; throws `JSONShapeError` or ``ZegoError``.
    package init(method: String, params: JSONValue) throws {
        switch method {
        case UserUpdate.method: self = .userUpdate(try UserUpdate(json: params))
        case StreamUpdate.method: self = .streamUpdate(try StreamUpdate(json: params))
        case OnlineUserCount.method: self = .onlineUserCount(try OnlineUserCount(json: params))
        case StreamExtraInfoUpdate.method: self = .streamExtraInfo(try StreamExtraInfoUpdate(json: params))
        case RoomExtraInfoUpdate.method: self = .roomExtraInfo(try RoomExtraInfoUpdate(json: params))
        case RoomMessage.method: self = .message(try RoomMessage(json: params))
        case RemoteMicState.method: self = .remoteMicState(try RemoteMicState(json: params))
        case KickOut.method: self = .kickOut(try KickOut(json: params))
        case TokenWillExpire.method: self = .tokenWillExpire(try TokenWillExpire(json: params))
        case PublishState.method: self = .publishState(try PublishState(json: params))
        case PlayState.method: self = .playState(try PlayState(json: params))
        case ReconnectAdvice.method: self = .reconnect(try ReconnectAdvice(json: params))
        default: self = .unknown(method: method)
        }
    }

    /// The method of the JSON-RPC notification.
    package var method: String {
        switch self {
        case .userUpdate: UserUpdate.method
        case .streamUpdate: StreamUpdate.method
        case .onlineUserCount: OnlineUserCount.method
        case .streamExtraInfo: StreamExtraInfoUpdate.method
        case .roomExtraInfo: RoomExtraInfoUpdate.method
        case .message: RoomMessage.method
        case .remoteMicState: RemoteMicState.method
        case .kickOut: KickOut.method
        case .tokenWillExpire: TokenWillExpire.method
        case .publishState: PublishState.method
        case .playState: PlayState.method
        case .reconnect: ReconnectAdvice.method
        case .unknown(let method): method
        }
    }

    /// The params without `seq`.
    package var json: JSONValue {
        switch self {
        case .userUpdate(let message): message.json
        case .streamUpdate(let message): message.json
        case .onlineUserCount(let message): message.json
        case .streamExtraInfo(let message): message.json
        case .roomExtraInfo(let message): message.json
        case .message(let message): message.json
        case .remoteMicState(let message): message.json
        case .kickOut(let message): message.json
        case .tokenWillExpire(let message): message.json
        case .publishState(let message): message.json
        case .playState(let message): message.json
        case .reconnect(let message): message.json
        case .unknown: .object(JSONObject())
        }
    }
}
