import JSONRPC
import RoomModel
import Testing

@Suite("The table of errors")
struct ZegoErrorTests {
    @Test("every error has a name, a meaning and a hint of its own")
    func complete() {
        let all = ZegoErrorCode.allCases
        #expect(Set(all.map(\.number)).count == all.count)
        #expect(Set(all.map(\.name)).count == all.count)
        for code in all {
            #expect(!code.meaning.isEmpty && !code.hint.isEmpty)
            #expect(code.name.allSatisfy { $0.isUppercase || $0.isNumber || $0 == "_" }, "\(code.name)")
            #expect(code == .success || (1_000_000..<1_022_000).contains(code.number))
        }
    }

    @Test(
        "numbers and names are the SDK's",
        arguments: [
            (ZegoErrorCode.authenticationFailed, 1_002_033, "ROOM_ERROR_AUTHENTICATION_FAILED"),
            (.kickedOut, 1_002_050, "ROOM_KICKED_OUT"),
            (.loggedInElsewhere, 1_002_086, "ROOM_ROOM_LOGIN_OTHER"),
            (.repetitivePublishStream, 1_003_028, "PUBLISHER_ERROR_REPETITIVE_PUBLISH_STREAM"),
            (.playFailed, 1_004_001, "PLAYER_PLAY_STREAM_FAILED"),
        ])
    func numbers(code: ZegoErrorCode, number: Int, name: String) {
        #expect(code.number == number)
        #expect(code.name == name)
    }

    @Test("an error survives the way over the wire")
    func wire() {
        for error in [ZegoError(.kickedOut), ZegoError(.roomInnerError, detail: "out of order")] {
            #expect(ZegoError(error.rpcError) == error)
            #expect(error.rpcError.data?["name"] == .string(error.code.name))
        }
        let foreign = ZegoError(number: 1_999_999, message: "something new")
        #expect(foreign.code == .roomInnerError)
        #expect(foreign.message.contains("1999999"))
    }
}
