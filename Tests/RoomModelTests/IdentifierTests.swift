import RoomModel
import Testing

@Suite("Identifiers")
struct IdentifierTests {
    @Test("room and user IDs take the SDK's characters and no others")
    func characters() throws {
        let allowed = "azAZ09~!@#$%^&*()_+=-`;’,.<>\\"
        #expect(try RoomID(allowed).rawValue == allowed)
        #expect(try UserID(allowed).rawValue == allowed)
        for character in "/:\"?|[]{} \n\t\u{0}äé€😀" {
            #expect(throws: ZegoError(.roomIDInvalidCharacter)) { try RoomID("a\(character)") }
            #expect(throws: ZegoError(.userIDInvalidCharacter)) { try UserID("a\(character)") }
        }
    }

    @Test("stream IDs are letters, digits, underscore and hyphen")
    func streamCharacters() throws {
        #expect(try StreamID("abcXYZ019_-").rawValue == "abcXYZ019_-")
        for character in "./ é~" {
            #expect(throws: ZegoError(.streamIDInvalidCharacter)) { try StreamID("a\(character)") }
        }
    }

    @Test("lengths are counted in bytes, with the SDK's numbers at the edges")
    func lengths() throws {
        func text(_ count: Int) -> String { String(repeating: "x", count: count) }
        #expect(throws: ZegoError(.roomIDNull)) { try RoomID("") }
        #expect(throws: Never.self) { try RoomID(text(127)) }
        #expect(throws: ZegoError(.roomIDTooLong)) { try RoomID(text(128)) }
        #expect(throws: ZegoError(.roomIDTooLong)) { try RoomID(String(repeating: "’", count: 43)) }
        #expect(throws: ZegoError(.userIDNull)) { try UserID("") }
        #expect(throws: Never.self) { try UserID(text(63)) }
        #expect(throws: ZegoError(.userIDTooLong)) { try UserID(text(64)) }
        #expect(throws: ZegoError(.streamIDNull)) { try StreamID("") }
        #expect(throws: Never.self) { try StreamID(text(255)) }
        #expect(throws: ZegoError(.streamIDTooLong)) { try StreamID(text(256)) }
        let userID = try UserID("u")
        #expect(throws: Never.self) { try User(userID: userID, userName: text(255)) }
        #expect(throws: ZegoError(.userNameTooLong)) { try User(userID: userID, userName: text(256)) }
        #expect(throws: ZegoError(.userNameInvalidCharacter)) { try User(userID: userID, userName: "a\nb") }
        #expect(throws: Never.self) { try User(userID: userID, userName: "Zoë 😀 / []") }
        #expect(throws: Never.self) { try StreamExtraInfo(text(1023)) }
        #expect(throws: ZegoError(.streamExtraInfoTooLong)) { try StreamExtraInfo(text(1024)) }
    }

    @Test("an AppID is a number of 32 bits, not 0")
    func appIDs() throws {
        #expect(try AppID(4_294_967_295).rawValue == .max)
        for number in [0, -1, 4_294_967_296] as [Int64] {
            #expect { try AppID(number) } throws: { ($0 as? ZegoError)?.code == .appIDZero }
        }
    }
}
