import RoomModel

extension ZegoErrorCode {
    /// Whether trying again cannot mend it: refused credentials, and a place that somebody else has taken.
    var endsTrying: Bool {
        switch self {
        case .appIDIncorrect, .appSignIncorrect, .appSignNull, .appSignInvalidLength, .appSignInvalidCharacter,
            .authenticationFailed, .noToken, .userBlacklisted, .tokenFormatError, .tokenAppIDError, .tokenUserIDError,
            .tokenExpired, .tokenVersionError, .tokenNonceTypeError, .loggedInElsewhere:
            true
        default: false
        }
    }
}
