import Testing

/// Every rule under "Rules of the line protocol", on the real socket.
@Suite("Bad lines on the control socket")
struct ControlInputTests {
    let daemon: Daemon
    let client: ControlClient

    init() throws {
        daemon = try Daemon()
        client = try daemon.control()
    }

    struct Case: CustomTestStringConvertible, Sendable {
        let line: String
        let code: Int
        var key = ""
        var value: JSON = .null
        var testDescription: String { line.count > 60 ? "\(line.prefix(60))…" : line }
    }

    private static let nested = String(repeating: "[", count: 65) + String(repeating: "]", count: 65)

    @Test(
        "are answered with the right error, and the connection goes on",
        arguments: [
            Case(line: "{", code: -32700), Case(line: "nonsense", code: -32700),
            Case(line: #"{"jsonrpc":"2.0","id":1,"method":"#, code: -32700),
            Case(line: nested, code: -32700), Case(line: "1", code: -32600), Case(line: "[]", code: -32600),
            Case(line: #"{"id":1,"method":"status"}"#, code: -32600),
            Case(line: #"{"jsonrpc":"2.0","id":1}"#, code: -32600),
            Case(line: #"{"jsonrpc":"2.0","id":1,"method":5}"#, code: -32600),
            Case(
                line: #"{"jsonrpc":"2.0","id":1,"method":"statsu"}"#, code: -32601, key: "suggestion", value: "status"),
            Case(line: #"{"jsonrpc":"2.0","id":1,"method":"status","params":[1]}"#, code: -32602),
            Case(
                line: #"{"jsonrpc":"2.0","id":1,"method":"status","params":{"x":1}}"#, code: -32602, key: "path",
                value: "x"),
            Case(
                line: #"{"jsonrpc":"2.0","id":1,"method":"startPublishing","params":{}}"#, code: -32602, key: "path",
                value: "streamID"),
            Case(
                line: #"{"jsonrpc":"2.0","id":1,"method":"startPublishing","params":{"streamID":7}}"#, code: -32602,
                key: "path", value: "streamID"),
            Case(
                line: #"{"jsonrpc":"2.0","id":1,"method":"setPlayVolume","params":{"streamID":"s","volume":201}}"#,
                code: -32602, key: "path", value: "volume"),
            Case(
                line:
                    #"{"jsonrpc":"2.0","id":1,"method":"loginRoom","params":{"roomID":"r","user":{"userID":"u","x":1}}}"#,
                code: -32602, key: "path", value: "user.x"),
            Case(
                line: #"{"jsonrpc":"2.0","id":1,"method":"startPublishing","params":{"streamID":"s"}}"#, code: 1_000_002
            ),
        ])
    func badLines(_ bad: Case) throws {
        let answer = try client.exchange(bad.line)
        #expect(answer["error"]["code"].integer == bad.code, "\(answer)")
        #expect(answer["error"]["message"].string?.isEmpty == false)
        if !bad.key.isEmpty { #expect(answer["error"]["data"][bad.key] == bad.value, "\(answer)") }
        try client.call("hello")
    }

    @Test("a line over 1 MiB: one error line, then on with the next")
    func tooLong() throws {
        let connection = try LineConnection(path: daemon.controlSocket)
        let filler = String(repeating: "x", count: 1 << 20)
        try connection.write(line: #"{"jsonrpc":"2.0","id":1,"method":"hello","params":{"client":"\#(filler)"}}"#)
        try connection.write(line: #"{"jsonrpc":"2.0","id":2,"method":"hello"}"#)
        let first = try JSON(line: try #require(try connection.readLine()))
        #expect(first["error"] != .null)
        let second = try JSON(line: try #require(try connection.readLine()))
        #expect(second["id"].integer == 2)
        #expect(second["result"] != .null)
    }

    @Test("bad UTF-8: one error line, then on with the next")
    func badUTF8() throws {
        let connection = try LineConnection(path: daemon.controlSocket)
        try connection.write([0x22, 0xc3, 0x28, 0x22, 0x0a])
        try connection.write(line: #"{"jsonrpc":"2.0","id":2,"method":"hello"}"#)
        #expect(try JSON(line: try #require(try connection.readLine()))["error"]["code"].integer == -32700)
        #expect(try JSON(line: try #require(try connection.readLine()))["id"].integer == 2)
    }

    @Test("batches: one array on one line, at most 64; what has no id is not answered")
    func batches() throws {
        let three = try client.exchange(
            #"[{"jsonrpc":"2.0","id":1,"method":"hello"},{"jsonrpc":"2.0","method":"hello"},{"jsonrpc":"2.0","id":3,"method":"nothing"}]"#
        )
        #expect(three.array.count == 2)
        let many =
            "[" + (1...65).map { #"{"jsonrpc":"2.0","id":\#($0),"method":"hello"}"# }.joined(separator: ",") + "]"
        #expect(try client.exchange(many)["error"]["code"].integer == -32600)
        let connection = try LineConnection(path: daemon.controlSocket)
        try connection.write(line: #"{"jsonrpc":"2.0","method":"hello"}"#)
        try connection.write(line: #"[{"jsonrpc":"2.0","method":"hello"}]"#)
        try connection.write(line: #"{"jsonrpc":"2.0","id":9,"method":"hello"}"#)
        #expect(try JSON(line: try #require(try connection.readLine()))["id"].integer == 9)
    }

    @Test("end of input is no disconnect: the answer still comes, then the end")
    func endOfInput() throws {
        let connection = try LineConnection(path: daemon.controlSocket)
        try connection.write(line: #"{"jsonrpc":"2.0","id":1,"method":"status"}"#)
        connection.endOfInput()
        #expect(try JSON(line: try #require(try connection.readLine()))["id"].integer == 1)
        #expect(try connection.readLine(upTo: 5) == nil)
    }

    @Test("subscribe: the result comes before any event, and says where it begins")
    func subscribe() throws {
        let connection = try LineConnection(path: daemon.controlSocket)
        try connection.write(line: #"{"jsonrpc":"2.0","id":1,"method":"subscribe","params":{"snapshot":true}}"#)
        try connection.write(
            line: #"{"jsonrpc":"2.0","id":2,"method":"loginRoom","params":{"roomID":"r","user":{"userID":"u"}}}"#)
        let result = try JSON(line: try #require(try connection.readLine()))["result"]
        #expect(result["resumed"].bool == false)
        #expect(result["snapshot"] != .null)
        var count = 0
        while true {
            let line = try JSON(line: try #require(try connection.readLine()))
            if line["id"].integer == 2 {
                #expect(line["result"]["seq"].integer ?? 0 > result["seq"].integer ?? .max)
                break
            }
            #expect(line["method"].string == "event")
            count += 1
            #expect(line["params"]["n"].integer == count)
        }
        #expect(count >= 2, "logining and logined were told before the answer")
    }

    @Test("what is written to events.sock is ignored")
    func eventsSocketIgnoresInput() throws {
        let events = try LineConnection(path: daemon.eventsSocket)
        _ = try events.readLine()
        try events.write(line: #"{"jsonrpc":"2.0","id":1,"method":"destroy"}"#)
        try daemon.login("room1", as: "user1")
        let reasons = try (0..<2).map { _ in try JSON(line: try #require(try events.readLine()))["reason"].string }
        #expect(reasons == ["logining", "logined"])
    }

    @Test("a reader that never reads slows nobody")
    func deafReader() throws {
        let deaf = try LineConnection(path: daemon.eventsSocket)
        let flood = try LineConnection(path: daemon.controlSocket)
        for id in 0..<200 { try flood.write(line: #"{"jsonrpc":"2.0","id":\#(id),"method":"hello"}"#) }
        let asked = monotonicSeconds()
        try client.call("status")
        #expect(monotonicSeconds() - asked < 2)
        for _ in 0..<200 { _ = try flood.readLine() }
        withExtendedLifetime(deaf) {}
    }
}
