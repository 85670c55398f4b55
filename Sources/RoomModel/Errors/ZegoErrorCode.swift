/// The error numbers of the ZEGO Express SDK that concern voice rooms, each with name, meaning and a hint: the one table
/// from which every error that leaves a daemon or a room server comes (`facts/zego.md`, section 4).
///
/// Seven digits; digits two to four are the module (1000 common, 1001 engine, 1002 room, 1003 publisher, 1004 player,
/// 1006 device, 1009 messages, 1010 recording). Numbers and ``name``s are stable, ``meaning`` and ``hint`` are for people.
package enum ZegoErrorCode: Int, CaseIterable, Sendable {
    case success = 0
    case engineNotCreated = 1_000_001
    case notLoggedIn = 1_000_002
    case engineNotStarted = 1_000_003
    case unsupportedPlatform = 1_000_006
    case noModule = 1_000_010
    case streamIDTooLong = 1_000_014
    case streamIDNull = 1_000_015
    case streamIDInvalidCharacter = 1_000_016
    case illegalParameter = 1_000_017
    case userNotSame = 1_000_020
    case appOffline = 1_000_037
    case appConfigurationError = 1_000_038
    case appAccessDenied = 1_000_039
    case configurationAfterEngineStarted = 1_000_066
    case configurationAfterLogin = 1_000_067

    case appIDZero = 1_001_000
    case appSignInvalidLength = 1_001_001
    case appSignInvalidCharacter = 1_001_002
    case appSignNull = 1_001_003
    case appIDIncorrect = 1_001_004
    case appSignIncorrect = 1_001_005
    case setRoomModeTooLate = 1_001_020

    case roomCountExceeded = 1_002_001
    case roomIDIncorrect = 1_002_002
    case userIDNull = 1_002_005
    case userIDInvalidCharacter = 1_002_006
    case userIDTooLong = 1_002_007
    case userNameNull = 1_002_008
    case userNameInvalidCharacter = 1_002_009
    case userNameTooLong = 1_002_010
    case roomIDNull = 1_002_011
    case roomIDInvalidCharacter = 1_002_012
    case roomIDTooLong = 1_002_013
    case roomExtraInfoKeyEmpty = 1_002_014
    case roomExtraInfoKeyTooLong = 1_002_015
    case roomExtraInfoValueTooLong = 1_002_016
    case roomExtraInfoTooManyKeys = 1_002_017
    case multiRoomUserNotSame = 1_002_018
    case connectFailed = 1_002_030
    case loginTimeout = 1_002_031
    case authenticationFailed = 1_002_033
    case memberLimitExceeded = 1_002_034
    case roomLimitExceeded = 1_002_035
    case multiRoomNotOpen = 1_002_036
    case multiRoomLimitExceeded = 1_002_037
    case kickedOut = 1_002_050
    case connectionTemporarilyBroken = 1_002_051
    case roomDisconnected = 1_002_052
    case roomRetryTimeout = 1_002_053
    case manuallyKickedOut = 1_002_055
    case tokenExpiredKickedOut = 1_002_056
    case sessionExceptionKickedOut = 1_002_057
    case userBlacklisted = 1_002_066
    case noToken = 1_002_067
    case appCallsTooFrequent = 1_002_071
    case roomCallsTooFrequent = 1_002_072
    case appSignallingTooFrequent = 1_002_073
    case tokenInnerError = 1_002_074
    case tokenFormatError = 1_002_075
    case tokenAppIDError = 1_002_076
    case tokenUserIDError = 1_002_077
    case tokenExpired = 1_002_078
    case tokenVersionError = 1_002_079
    case tokenNonceTypeError = 1_002_080
    case multiRoomRequired = 1_002_081
    case renewedTokenCannotPublish = 1_002_082
    case loggedInElsewhere = 1_002_086
    case roomInnerError = 1_002_099

    case publishFailed = 1_003_001
    case bitrateInvalid = 1_003_002
    case publishNetworkInterrupted = 1_003_020
    case publishRetryTimeout = 1_003_021
    case alreadyPublishing = 1_003_023
    case publishForbidden = 1_003_025
    case repetitivePublishStream = 1_003_028
    case streamExtraInfoNull = 1_003_050
    case streamExtraInfoTooLong = 1_003_051
    case updateExtraInfoFailed = 1_003_053
    case publishWithoutRoomConfiguration = 1_003_070
    case publishRoomIDNull = 1_003_071
    case publishAuthenticationFailed = 1_003_072
    case publisherInnerError = 1_003_099

    case playFailed = 1_004_001
    case streamNotExist = 1_004_002
    case playAuthenticationFailed = 1_004_003
    case playerCountExceeded = 1_004_010
    case streamNotPlayed = 1_004_011
    case playNetworkInterrupted = 1_004_020
    case playForbidden = 1_004_025
    case playWithoutRoomConfiguration = 1_004_070
    case playRoomIDNull = 1_004_071
    case playerInnerError = 1_004_099

    case deviceGeneric = 1_006_001
    case deviceInvalidID = 1_006_002
    case deviceNoAuthorization = 1_006_003
    case deviceInUse = 1_006_005
    case deviceUnplugged = 1_006_006
    case soundLevelIntervalInvalid = 1_006_031

    case messageNull = 1_009_001
    case messageTooLong = 1_009_002
    case messageRoomInconsistent = 1_009_005
    case messageSendFailed = 1_009_010
    case broadcastTooFrequent = 1_009_015

    case recordSuffixNotSupported = 1_010_002
    case recordPathTooLong = 1_010_011
    case recordOpenFailed = 1_010_013
    case recordWriteFailed = 1_010_014
    case recordNoSpace = 1_010_017

    /// The SDK's number.
    package var number: Int { rawValue }
    /// The SDK's name, as in `data.name` of a reply.
    package var name: String { text.name }
    /// What the error says, in a few words.
    package var meaning: String { text.meaning }
    /// What the caller or the operator can do about it.
    package var hint: String { text.hint }
}
