/// The characters that identifiers may have (`facts/zego.md`, section 1.0).
enum IdentifierCharacters {
    /// Letters and digits of ASCII, and the punctuation that the SDK allows in a roomID and a userID.
    static func isAllowedInRoomOrUser(_ scalar: Unicode.Scalar) -> Bool {
        isASCIILetterOrDigit(scalar) || roomAndUserPunctuation.contains(scalar)
    }

    /// `[A-Za-z0-9_-]`, the only characters of a streamID.
    static func isAllowedInStream(_ scalar: Unicode.Scalar) -> Bool {
        isASCIILetterOrDigit(scalar) || scalar == "_" || scalar == "-"
    }

    /// Control characters (C0, DEL, C1), line and paragraph separators: what a name on a screen must not have.
    static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || scalar.value == 0x2028 || scalar.value == 0x2029
    }

    private static func isASCIILetterOrDigit(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9": true
        default: false
        }
    }

    /// As in the SDK's manual; the typographic apostrophe stands in its text, and is allowed for that reason.
    private static let roomAndUserPunctuation = Set("~!@#$%^&*()_+=-`;’,.<>\\".unicodeScalars)
}
