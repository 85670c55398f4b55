import JSONRPC
import Logging
import RoomModel

// Messages between users, and the texts that they attach to streams and rooms.
extension VoiceEngine {
    /// How long the room server may take to answer, a resume included.
    private static var answerSeconds: Double { 10 }

    /// `sendBroadcastMessage`: to all others in the room, reliably. Answers when the server has taken it.
    ///
    /// 1000002 without a login, 1009005 for another room, 1009001 and 1009002 for a text of no or over 1024 bytes, 1009015
    /// over two a second, 1002072 over ten a second in the room, 1009010 when the server does not answer.
    package func sendBroadcastMessage(roomID: String, message: String) async throws -> MessageResult {
        let roomID = try messageRoom(roomID)
        return try await send(SendBroadcastMessageRequest(roomID: roomID, message: try ChatText(message)))
    }

    /// `sendBarrageMessage`: to all others who are connected at this moment. Fails as ``sendBroadcastMessage``, but for
    /// 1009015; over twenty a second in the room 1002072.
    package func sendBarrageMessage(roomID: String, message: String) async throws -> MessageResult {
        let roomID = try messageRoom(roomID)
        return try await send(SendBarrageMessageRequest(roomID: roomID, message: try ChatText(message)))
    }

    /// `sendCustomCommand`: to some users of the room, or with an empty list to all others; reliably. Fails as
    /// ``sendBroadcastMessage``, but for 1009015; over 200 a second to one or ten to several 1002072, 1000017 for more than
    /// 500 users.
    package func sendCustomCommand(
        roomID: String, command: String, toUserList: [String]
    ) async throws -> MessageResult {
        let roomID = try messageRoom(roomID)
        var users: [UserID] = []
        for user in toUserList { users.append(try UserID(user)) }
        return try await send(
            SendCustomCommandRequest(roomID: roomID, command: try ChatText(command), toUserList: users))
    }

    private func messageRoom(_ text: String) throws -> RoomID {
        try presentRoom(text, else: .messageRoomInconsistent)
    }

    /// A room that one is in, or was until the connection broke.
    private func presentRoom(_ text: String, else missing: ZegoErrorCode) throws -> RoomID {
        try checkAlive()
        let roomID = try RoomID(text)
        let present = rooms.filter { !$0.reason.isFinal }
        guard let room = present.first(where: { $0.roomID == roomID }) else {
            throw ZegoError(present.isEmpty ? .notLoggedIn : missing)
        }
        guard room.reason != .logining else { throw ZegoError(.notLoggedIn, detail: "the login is still under way") }
        return roomID
    }

    private func send<Request: SignalingRequest>(
        _ request: Request
    ) async throws -> MessageResult where Request.Response == SendMessageResult {
        let result = try await ask(request, else: .messageSendFailed)
        return MessageResult(messageID: result.messageID, lastSeq: lastSeq)
    }

    /// Asks the room server; a refusal is thrown as it is, no answer as `failure`.
    func ask<Request: SignalingRequest>(
        _ request: Request, else failure: ZegoErrorCode
    ) async throws -> Request.Response {
        do {
            return try await self.request(request, repeats: true, timeoutSeconds: Self.answerSeconds)
        } catch let refusal as ZegoError {
            throw refusal
        } catch {
            logger.info("\(Request.method) failed: \(error)")
            throw ZegoError(failure, detail: "the room server does not answer")
        }
    }

    // MARK: Extra infos

    /// `setRoomExtraInfo`: writes the room's one key; the others are told.
    ///
    /// 1000002 without a login, 1002002 for another room, 1002014 to 1002016 for key and value, 1002017 for a second key,
    /// 1002072 over ten a second in the room, 1002030 when the server does not answer.
    package func setRoomExtraInfo(roomID: String, key: String, value: String) async throws -> CallResult {
        let roomID = try presentRoom(roomID, else: .roomIDIncorrect)
        let request = try SetRoomExtraInfoRequest(roomID: roomID, key: key, value: value)
        _ = try await ask(request, else: .connectFailed)
        if let index = rooms.firstIndex(where: { $0.roomID == roomID && $0.reason.isInRoom }) {
            // The server's own time of it is told to the others only; nobody sees ours.
            rooms[index].wroteExtraInfo(
                try RoomExtraInfo(key: key, value: value, updateUser: rooms[index].user, updateTime: 0))
            remember()
        }
        return CallResult(lastSeq: lastSeq)
    }

    /// `setStreamExtraInfo`: the text of the channel's stream, before or while it is published; it ends with the stream.
    /// The others in the room are told.
    ///
    /// 1003051 for 1024 bytes or more, 1002072 over ten a second, 1003053 when the server does not answer; it is tried
    /// again then as long as the stream lives.
    package func setStreamExtraInfo(_ text: String, channel: PublishChannel = .main) async throws -> CallResult {
        try checkAlive()
        let info = try StreamExtraInfo(text)
        let before = streamExtraInfos[channel]
        streamExtraInfos[channel] = info
        let publisher = publishers.first { $0.value.channel == channel && !$0.value.isFinal }
        if let (token, publisher) = publisher, publisher.isAcceptedByServer, publisher.roomID != nil,
            announcedExtraInfos[token] != info
        {
            announcedExtraInfos[token] = info
            let request = SetStreamExtraInfoRequest(streamID: publisher.streamID, extraInfo: info)
            do {
                _ = try await ask(request, else: .updateExtraInfoFailed)
            } catch let refusal as ZegoError {
                if refusal.code == .updateExtraInfoFailed {
                    post(request)
                } else if streamExtraInfos[channel] == info {
                    streamExtraInfos[channel] = before
                    announcedExtraInfos[token] = before ?? StreamExtraInfo.none
                }
                throw refusal
            }
        }
        return CallResult(lastSeq: lastSeq)
    }

    /// The text that a stream begins with.
    func extraInfo(ofNew token: UInt64, _ channel: PublishChannel) -> StreamExtraInfo {
        let info = streamExtraInfos[channel] ?? StreamExtraInfo.none
        announcedExtraInfos[token] = info
        return info
    }

    /// The server has taken a stream: the text may have changed while it was asked.
    func announceExtraInfo(_ token: UInt64) {
        guard let publisher = publishers[token], publisher.isAcceptedByServer, publisher.roomID != nil else { return }
        let info = streamExtraInfos[publisher.channel] ?? StreamExtraInfo.none
        guard let announced = announcedExtraInfos[token], announced != info else { return }
        announcedExtraInfos[token] = info
        post(SetStreamExtraInfoRequest(streamID: publisher.streamID, extraInfo: info))
    }
}
