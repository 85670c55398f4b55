/// What stands in the table about one error.
struct ZegoErrorText {
    let name: String
    let meaning: String
    let hint: String

    init(_ name: String, _ meaning: String, _ hint: String) {
        self.name = name
        self.meaning = meaning
        self.hint = hint
    }
}

extension ZegoErrorCode {
    /// The table itself; the compiler sees to it that no number is left out.
    var text: ZegoErrorText {
        switch self {
        case .success:
            ZegoErrorText("SUCCESS", "success", "nothing to do")
        case .engineNotCreated:
            ZegoErrorText(
                "ENGINE_NOT_CREATE",
                "the engine has not been created",
                "call createEngine first, or give the daemon an application in [engine]")
        case .notLoggedIn:
            ZegoErrorText(
                "NOT_LOGIN_ROOM",
                "not logged in to a room, which the call needs",
                "call loginRoom first and wait for room-state logined")
        case .engineNotStarted:
            ZegoErrorText(
                "ENGINE_NOT_STARTED",
                "the audio module has not been started yet",
                "start publishing or playing first")
        case .unsupportedPlatform:
            ZegoErrorText("UNSUPPORTED_PLATFORM", "not supported on this platform", "leave the call out on Linux")
        case .noModule:
            ZegoErrorText("SDK_NO_MODULE", "the feature is not in this build", "see the features of hello")
        case .streamIDTooLong:
            ZegoErrorText("STREAM_ID_TOO_LONG", "the streamID has 256 bytes or more", "use at most 255 bytes")
        case .streamIDNull:
            ZegoErrorText("STREAM_ID_NULL", "the streamID is empty", "give a streamID")
        case .streamIDInvalidCharacter:
            ZegoErrorText(
                "STREAM_ID_INVALID_CHARACTER",
                "the streamID has characters outside [A-Za-z0-9_-]",
                "use only letters, digits, '_' and '-'")
        case .illegalParameter:
            ZegoErrorText(
                "ILLEGAL_PARAM",
                "a parameter is empty or not allowed",
                "compare the parameters with rpc.discover")
        case .userNotSame:
            ZegoErrorText(
                "USER_NOT_SAME",
                "userID or userName differ between the logins of one client",
                "log in to all rooms as the same user")
        case .appOffline:
            ZegoErrorText(
                "APP_OFFLINE_ERROR",
                "the application is disabled",
                "enable it on the room server or use another AppID")
        case .appConfigurationError:
            ZegoErrorText(
                "APP_FLEXIABLE_CONFIG_ERROR",
                "the application's configuration is faulty",
                "check the application on the room server")
        case .appAccessDenied:
            ZegoErrorText(
                "APP_ACCESS_DENIED_ERROR",
                "access to the application is denied",
                "ask the operator of the room server")
        case .configurationAfterEngineStarted:
            ZegoErrorText(
                "CONFIG_AFTER_ENGINE_STARTED",
                "must be set before publishing or playing starts",
                "stop publishing and playing, set it, start again")
        case .configurationAfterLogin:
            ZegoErrorText(
                "CONFIG_AFTER_ROOM_LOGGED_IN",
                "must be set before login to any room",
                "log out of all rooms first")
        case .appIDZero:
            ZegoErrorText("APPID_ZERO", "the AppID is 0", "give the AppID that zegoctl app show prints")
        case .appSignInvalidLength:
            ZegoErrorText(
                "APPSIGN_INVALID_LENGTH",
                "the AppSign has not 64 characters",
                "copy all 64 hexadecimal digits that zegoctl app show prints")
        case .appSignInvalidCharacter:
            ZegoErrorText(
                "APPSIGN_INVALID_CHARACTER",
                "the AppSign is not hexadecimal",
                "copy all 64 hexadecimal digits that zegoctl app show prints")
        case .appSignNull:
            ZegoErrorText("APPSIGN_NULL", "the AppSign is empty", "set app_sign or app_sign_file in [engine]")
        case .appIDIncorrect:
            ZegoErrorText(
                "APPID_INCORRECT_OR_NOT_ONLINE",
                "the room server does not know the AppID",
                "compare app_id with zegoctl app list on the room server's machine")
        case .appSignIncorrect:
            ZegoErrorText(
                "APPSIGN_INCORRECT",
                "the AppSign is wrong",
                "compare app_sign with zegoctl app show on the room server's machine")
        case .setRoomModeTooLate:
            ZegoErrorText(
                "ENGINE_SET_ROOM_MODE_ERROR_TIME",
                "the room mode was set after the engine was created",
                "destroy the engine, create it with roomMode")
        case .roomCountExceeded:
            ZegoErrorText(
                "ROOM_COUNT_EXCEED",
                "already logged in to a room (or to this room)",
                "log out first, or use room_mode = \"multi\" for several rooms")
        case .roomIDIncorrect:
            ZegoErrorText(
                "ROOM_ROOMID_INCORRECT",
                "the roomID is not one that is logged in to",
                "use a roomID of status.rooms")
        case .userIDNull:
            ZegoErrorText("ROOM_USER_ID_NULL", "the userID is empty", "give a userID")
        case .userIDInvalidCharacter:
            ZegoErrorText(
                "ROOM_USER_ID_INVALID_CHARACTER",
                "the userID has a character that is not allowed",
                "use letters, digits and the punctuation of the manual; no spaces, quotes, slashes or brackets")
        case .userIDTooLong:
            ZegoErrorText("ROOM_USER_ID_TOO_LONG", "the userID has 64 bytes or more", "use at most 63 bytes")
        case .userNameNull:
            ZegoErrorText("ROOM_USER_NAME_NULL", "the userName is empty", "give a userName")
        case .userNameInvalidCharacter:
            ZegoErrorText(
                "ROOM_USER_NAME_INVALID_CHARACTER",
                "the userName has a control character",
                "leave control characters out")
        case .userNameTooLong:
            ZegoErrorText(
                "ROOM_USER_NAME_TOO_LONG",
                "the userName has 256 bytes or more",
                "use at most 255 bytes of UTF-8")
        case .roomIDNull:
            ZegoErrorText("ROOM_ROOMID_NULL", "the roomID is empty", "give a roomID")
        case .roomIDInvalidCharacter:
            ZegoErrorText(
                "ROOM_ROOMID_INVALID_CHARACTER",
                "the roomID has a character that is not allowed",
                "use letters, digits and the punctuation of the manual; no spaces, quotes, slashes or brackets")
        case .roomIDTooLong:
            ZegoErrorText("ROOM_ROOMID_TOO_LONG", "the roomID has 128 bytes or more", "use at most 127 bytes")
        case .roomExtraInfoKeyEmpty:
            ZegoErrorText(
                "ROOM_ROOM_EXTRA_INFO_KEY_EMPTY",
                "the key of the room extra info is empty",
                "give a key of 1 to 10 bytes")
        case .roomExtraInfoKeyTooLong:
            ZegoErrorText(
                "ROOM_ROOM_EXTRA_INFO_KEY_TOO_LONG",
                "the key of the room extra info is too long",
                "give a key of at most 10 bytes")
        case .roomExtraInfoValueTooLong:
            ZegoErrorText(
                "ROOM_ROOM_EXTRA_INFO_VALUE_TOO_LONG",
                "the value of the room extra info is too long",
                "give a value of at most 128 bytes")
        case .roomExtraInfoTooManyKeys:
            ZegoErrorText(
                "ROOM_ROOM_EXTRA_INFO_EXCEED_KEYS",
                "the room has an extra info of another key already",
                "a room has one key: use that one")
        case .multiRoomUserNotSame:
            ZegoErrorText(
                "ROOM_MULTI_ROOM_LOGIN_USER_NOT_SAME",
                "the user differs from the one of the other rooms",
                "log in to all rooms with the same userID and userName")
        case .connectFailed:
            ZegoErrorText(
                "ROOM_ERROR_CONNECT_FAILED",
                "login failed: the room server cannot be reached",
                "check server in [engine], that the room server runs, and the firewall (TCP and UDP 8790)")
        case .loginTimeout:
            ZegoErrorText("ROOM_ERROR_LOGIN_TIMEOUT", "login timed out", "check the network path to the room server")
        case .authenticationFailed:
            ZegoErrorText(
                "ROOM_ERROR_AUTHENTICATION_FAILED",
                "login authentication failed",
                "compare app_id and app_sign with zegoctl app show on the room server's machine")
        case .memberLimitExceeded:
            ZegoErrorText(
                "ROOM_ERROR_EXCEED_MAXIMUM_MEMBER",
                "the room is full",
                "log in later, or raise maxMemberCount when the room is made")
        case .roomLimitExceeded:
            ZegoErrorText(
                "ROOM_ERROR_EXCEED_MAXIMUM_ROOM_COUNT",
                "the application has too many rooms",
                "close rooms that are not needed")
        case .multiRoomNotOpen:
            ZegoErrorText(
                "ROOM_ERROR_LOGIN_MULTI_ROOM_NOT_OPEN",
                "several rooms at once are not enabled for the application",
                "use one room at a time")
        case .multiRoomLimitExceeded:
            ZegoErrorText(
                "ROOM_ERROR_MULTI_ROOM_EXCEED_MAXIMUM_ROOM_COUNT",
                "logged in to too many rooms at once",
                "log out of one of the 5 rooms first")
        case .kickedOut:
            ZegoErrorText(
                "ROOM_KICKED_OUT",
                "kicked out: the same userID logged in elsewhere",
                "give every client of the application a userID of its own")
        case .connectionTemporarilyBroken:
            ZegoErrorText(
                "ROOM_CONNECT_TEMPORARY_BROKEN",
                "the connection is broken for the moment and is being restored",
                "wait: it is retried by itself")
        case .roomDisconnected:
            ZegoErrorText("ROOM_DISCONNECT", "disconnected from the room", "log in again")
        case .roomRetryTimeout:
            ZegoErrorText(
                "ROOM_RETRY_TIMEOUT",
                "the time for retries is used up",
                "check the network and the room server, then log in again")
        case .manuallyKickedOut:
            ZegoErrorText(
                "ROOM_MANUAL_KICKED_OUT",
                "kicked out by the server's operator",
                "ask the operator of the room server")
        case .tokenExpiredKickedOut:
            ZegoErrorText(
                "ROOM_TOKEN_EXPIRED_KICKED_OUT",
                "kicked out: the token expired",
                "log in with a new token, and renew tokens in time")
        case .sessionExceptionKickedOut:
            ZegoErrorText(
                "ROOM_SESSION_EXCEPTION_KICKED_OUT",
                "kicked out: the session broke the protocol or could not follow",
                "log in again; if it repeats, compare the versions of both sides")
        case .userBlacklisted:
            ZegoErrorText(
                "ROOM_USER_IN_BLACKLIST",
                "the user is barred from the room",
                "ask the operator of the room server")
        case .noToken:
            ZegoErrorText(
                "ROOM_NO_TOKEN",
                "neither AppSign nor token was given",
                "set app_sign in [engine], or pass config.token at login")
        case .appCallsTooFrequent:
            ZegoErrorText(
                "ROOM_APP_CALL_API_TOO_FREQUENT",
                "too many calls of this application",
                "slow down and retry after some seconds")
        case .roomCallsTooFrequent:
            ZegoErrorText(
                "ROOM_ROOM_CALL_API_TOO_FREQUENT",
                "too many calls in this room",
                "slow down and retry after some seconds")
        case .appSignallingTooFrequent:
            ZegoErrorText(
                "ROOM_APP_CALL_TOO_FREQUENT",
                "too many signalling messages",
                "slow down and retry after some seconds")
        case .tokenInnerError:
            ZegoErrorText(
                "ROOM_TOKEN_INNER_ERROR",
                "internal error while the token was checked",
                "retry; if it repeats, see the room server's log")
        case .tokenFormatError:
            ZegoErrorText(
                "ROOM_TOKEN_FORMAT_ERROR",
                "the token cannot be read",
                "make the token with the ServerSecret of this application")
        case .tokenAppIDError:
            ZegoErrorText(
                "ROOM_TOKEN_APPID_ERROR",
                "the token is for another AppID",
                "make the token for the AppID that logs in")
        case .tokenUserIDError:
            ZegoErrorText(
                "ROOM_TOKEN_USERID_ERROR",
                "the token is for another userID",
                "make the token for the userID that logs in")
        case .tokenExpired:
            ZegoErrorText("ROOM_TOKEN_EXPIRE_ERROR", "the token has expired", "make a new token; check the clocks")
        case .tokenVersionError:
            ZegoErrorText(
                "ROOM_TOKEN_VERSION_ERROR",
                "the version of the token is not supported",
                "use a token that begins with 04")
        case .tokenNonceTypeError:
            ZegoErrorText(
                "ROOM_TOKEN_NONCETYPE_ERROR",
                "the nonce in the token is not an integer",
                "make the token with an integer nonce")
        case .multiRoomRequired:
            ZegoErrorText("ROOM_MULTI_ROOM_REQUIRED", "multi-room mode is required", "set room_mode = \"multi\"")
        case .renewedTokenCannotPublish:
            ZegoErrorText(
                "ROOM_RENEW_TOKEN_NO_PUBLISH_AUTH_ERROR",
                "the renewed token has no right to publish",
                "make a token with the privilege to publish")
        case .loggedInElsewhere:
            ZegoErrorText(
                "ROOM_ROOM_LOGIN_OTHER",
                "the userID is now logged in on another device; coming back is refused",
                "log in anew if this device shall take over")
        case .roomInnerError:
            ZegoErrorText(
                "ROOM_INNER_ERROR",
                "internal error of the room module",
                "see the log of the side that reported it")
        case .publishFailed:
            ZegoErrorText(
                "PUBLISHER_PUBLISH_STREAM_FAILED",
                "publishing failed: no data arrives",
                "check the UDP path to the room server (port 8790)")
        case .bitrateInvalid:
            ZegoErrorText("PUBLISHER_BITRATE_INVALID", "the bitrate is invalid", "use 6 to 192 kb/s")
        case .publishNetworkInterrupted:
            ZegoErrorText(
                "PUBLISHER_ERROR_NETWORK_INTERRUPT",
                "publishing is interrupted and is being retried",
                "wait: it is retried by itself")
        case .publishRetryTimeout:
            ZegoErrorText(
                "PUBLISHER_ERROR_RETRY_TIMEOUT",
                "the time for publish retries is used up",
                "check the network, then call startPublishing again")
        case .alreadyPublishing:
            ZegoErrorText(
                "PUBLISHER_ERROR_ALREADY_DO_PUBLISH",
                "the channel is already publishing",
                "call stopPublishing first, or use another channel")
        case .publishForbidden:
            ZegoErrorText(
                "PUBLISHER_ERROR_SERVER_FORBID",
                "the room server forbids to publish",
                "free one of the streams that are published, or ask the operator of the room server")
        case .repetitivePublishStream:
            ZegoErrorText(
                "PUBLISHER_ERROR_REPETITIVE_PUBLISH_STREAM",
                "the streamID is already published by someone",
                "use a streamID that is unique in the application")
        case .streamExtraInfoNull:
            ZegoErrorText(
                "PUBLISHER_EXTRA_INFO_NULL",
                "the extra info of the stream is missing",
                "give extraInfo; an empty string removes it")
        case .streamExtraInfoTooLong:
            ZegoErrorText(
                "PUBLISHER_EXTRA_INFO_TOO_LONG",
                "the extra info of the stream has 1024 bytes or more",
                "use less than 1024 bytes")
        case .updateExtraInfoFailed:
            ZegoErrorText(
                "PUBLISHER_UPDATE_EXTRA_INFO_FAILED",
                "the extra info of the stream could not be updated",
                "retry when the room is logined")
        case .publishWithoutRoomConfiguration:
            ZegoErrorText(
                "PUBLISHER_ERROR_PUBLISH_WHEN_USING_MULTI_ROOM",
                "in multi-room mode the call must name the room",
                "pass roomID")
        case .publishRoomIDNull:
            ZegoErrorText(
                "PUBLISHER_ERROR_PUBLISH_WITH_ROOM_ID_IS_NULL_WHEN_USING_MULTI_ROOM",
                "the roomID is missing in multi-room mode",
                "pass roomID")
        case .publishAuthenticationFailed:
            ZegoErrorText(
                "PUBLISHER_ERROR_DISPATCH_AUTH_ERROR",
                "the right to publish could not be proved",
                "check AppSign or token")
        case .publisherInnerError:
            ZegoErrorText(
                "PUBLISHER_INNER_ERROR",
                "internal error of the publisher",
                "see the log of the side that reported it")
        case .playFailed:
            ZegoErrorText(
                "PLAYER_PLAY_STREAM_FAILED",
                "playing failed: no data arrived in time",
                "check that the stream exists and the UDP path to the room server (port 8790)")
        case .streamNotExist:
            ZegoErrorText(
                "PLAYER_PLAY_STREAM_NOT_EXIST",
                "the stream does not exist",
                "wait for stream-update add, or keep playing: it starts when the stream comes")
        case .playAuthenticationFailed:
            ZegoErrorText(
                "PLAYER_ERROR_DISPATCH_AUTH_ERROR",
                "the right to play could not be proved",
                "check AppSign or token")
        case .playerCountExceeded:
            ZegoErrorText("PLAYER_COUNT_EXCEED", "too many streams are played at once", "stop playing one first")
        case .streamNotPlayed:
            ZegoErrorText("PLAYER_STREAM_WAS_NOT_PLAYED", "the stream is not being played", "call startPlaying first")
        case .playNetworkInterrupted:
            ZegoErrorText(
                "PLAYER_ERROR_NETWORK_INTERRUPT",
                "playing is interrupted and is being retried",
                "wait: it is retried by itself")
        case .playForbidden:
            ZegoErrorText(
                "PLAYER_ERROR_SERVER_FORBID",
                "the room server forbids to play",
                "ask the operator of the room server")
        case .playWithoutRoomConfiguration:
            ZegoErrorText(
                "PLAYER_ERROR_PLAY_STREAM_WHEN_USING_MULTI_ROOM",
                "in multi-room mode the call must name the room",
                "pass roomID")
        case .playRoomIDNull:
            ZegoErrorText(
                "PLAYER_ERROR_PLAY_STREAM_WITH_ROOM_ID_IS_NULL_WHEN_USING_MULTI_ROOM",
                "the roomID is missing in multi-room mode",
                "pass roomID")
        case .playerInnerError:
            ZegoErrorText(
                "PLAYER_INNER_ERROR",
                "internal error of the player",
                "see the log of the side that reported it")
        case .deviceGeneric:
            ZegoErrorText(
                "DEVICE_ERROR_TYPE_GENERIC",
                "the audio device failed",
                "see the daemon's log for ALSA's words")
        case .deviceInvalidID:
            ZegoErrorText(
                "DEVICE_ERROR_TYPE_INVALID_ID",
                "there is no such audio device",
                "take a name of zegoctl devices")
        case .deviceNoAuthorization:
            ZegoErrorText(
                "DEVICE_ERROR_TYPE_NO_AUTHORIZATION",
                "no permission for the audio device",
                "put the daemon's user into the group audio")
        case .deviceInUse:
            ZegoErrorText(
                "DEVICE_ERROR_TYPE_IN_USE_BY_OTHER",
                "the audio device is used by another program",
                "use a shared device (dsnoop, dmix, default) or stop the other program")
        case .deviceUnplugged:
            ZegoErrorText(
                "DEVICE_ERROR_TYPE_UNPLUGGED",
                "the audio device was unplugged",
                "plug it in again: it is taken up by itself")
        case .soundLevelIntervalInvalid:
            ZegoErrorText(
                "DEVICE_SOULD_LEVEL_INTERVAL_INVALID",
                "the interval of the sound level is not within 100 to 3000 ms",
                "use 100 to 3000")
        case .messageNull:
            ZegoErrorText("IM_CONTENT_NULL", "the message is empty", "give a message")
        case .messageTooLong:
            ZegoErrorText(
                "IM_CONTENT_TOO_LONG",
                "the message has more than 1024 bytes",
                "use at most 1024 bytes of UTF-8")
        case .messageRoomInconsistent:
            ZegoErrorText(
                "IM_INCONSISTENT_ROOM_ID",
                "the roomID is not that of a room that is logged in to",
                "use a roomID of status.rooms")
        case .messageSendFailed:
            ZegoErrorText("IM_SEND_FAILED", "the message could not be sent", "retry when the room is logined")
        case .broadcastTooFrequent:
            ZegoErrorText(
                "IM_BROADCAST_MESSAGE_QPS_OVERLOAD",
                "more than two broadcast messages in a second",
                "keep 500 ms between broadcast messages")
        case .recordSuffixNotSupported:
            ZegoErrorText(
                "RECORD_FILE_SUFFIX_NAME_FORMAT_NOT_SUPPORT",
                "the suffix of the recording is not supported",
                "use .wav or .ogg")
        case .recordPathTooLong:
            ZegoErrorText(
                "RECORD_FILE_PATH_TOO_LONG",
                "the path of the recording is too long",
                "use less than 1024 bytes")
        case .recordOpenFailed:
            ZegoErrorText(
                "RECORD_OPEN_FILE_FAILED",
                "the file of the recording cannot be opened",
                "check that the directory of [files] exists and is writable")
        case .recordWriteFailed:
            ZegoErrorText("RECORD_WRITE_FILE_ERROR", "writing the recording failed", "check the disk")
        case .recordNoSpace:
            ZegoErrorText("RECORD_NO_ENOUGH_SPARE_CAPACITY", "the disk is full", "free some space")
        }
    }
}
