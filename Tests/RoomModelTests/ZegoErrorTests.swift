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

    @Test("numbers and names are the SDK's")
    func numbers() {
        for code in ZegoErrorCode.allCases { #expect(SDKErrorNames.all[code.number] == code.name) }
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
