import JSONRPC
import Testing

/// Section 7 of the JSON-RPC 2.0 specification, as far as the codec decides it.
@Suite("JSON-RPC 2.0: the specification's examples")
struct JSONRPCSpecificationTests {
    private func rejection(_ text: String) -> JSONValue? {
        do {
            _ = try JSONRPCInput(parsing: text.utf8)
            return nil
        } catch {
            return error.response.json
        }
    }

    @Test("Call with positional and with named parameters")
    func calls() throws {
        #expect(
            try JSONRPCInput(parsing: #"{"jsonrpc": "2.0", "method": "subtract", "params": [42, 23], "id": 1}"#.utf8)
                == .message(.request(.init(id: 1, method: "subtract", params: [42, 23]))))
        #expect(
            try JSONRPCInput(
                parsing: #"{"jsonrpc": "2.0", "method": "subtract", "params": {"subtrahend": 23}, "id": "3"}"#.utf8)
                == .message(.request(.init(id: "3", method: "subtract", params: ["subtrahend": 23]))))
    }

    @Test("A notification has no id; a null id is one")
    func notifications() throws {
        #expect(
            try JSONRPCInput(parsing: #"{"jsonrpc": "2.0", "method": "foobar"}"#.utf8)
                == .message(.request(.init(method: "foobar"))))
        #expect(
            try JSONRPCInput(parsing: #"{"jsonrpc": "2.0", "method": "foobar", "id": null}"#.utf8)
                == .message(.request(.init(id: .null, method: "foobar"))))
    }

    @Test(
        "Invalid JSON is -32700 with a null id",
        arguments: [
            #"{"jsonrpc": "2.0", "method": "foobar, "params": "bar", "baz]"#,
            #"[{"jsonrpc": "2.0", "method": "sum", "id": "1"},{"jsonrpc": "2.0", "method"]"#, "",
        ])
    func parseErrors(text: String) {
        let response = rejection(text)
        #expect(response?["error"]?["code"] == -32700)
        #expect(response?["id"] == .null)
        #expect(response?["jsonrpc"] == "2.0")
    }

    @Test(
        "What is no request is -32600",
        arguments: [
            (#"{"jsonrpc": "2.0", "method": 1, "params": "bar"}"#, JSONValue.null), ("[]", .null), ("1", .null),
            ("null", .null), (#""x""#, .null), ("{}", .null), (#"{"jsonrpc":"1.0","method":"a","id":4}"#, 4),
            (#"{"method":"a","id":4}"#, 4), (#"{"jsonrpc":"2.0","method":"a","id":{}}"#, .null),
            (#"{"jsonrpc":"2.0","method":"a","id":true}"#, .null),
            (#"{"jsonrpc":"2.0","method":"a","id":1e300}"#, .null),
            (#"{"jsonrpc":"2.0","method":"a","params":1,"id":"q"}"#, "q"),
            (#"{"jsonrpc":"2.0","method":"a","extra":1,"id":"q"}"#, "q"), (#"{"jsonrpc":"2.0","id":7}"#, 7),
        ])
    func invalidRequests(text: String, id: JSONValue) {
        let response = rejection(text)
        #expect(response?["error"]?["code"] == -32600)
        #expect(response?["id"] == id)
    }

    @Test("A batch keeps its order, and what is no message is refused in its place")
    func batches() throws {
        let text = #"[1,{"jsonrpc": "2.0", "method": "sum", "params": [1], "id": "1"},{"foo": "boo"}]"#
        guard case .batch(let elements) = try JSONRPCInput(parsing: text.utf8) else {
            Issue.record("not a batch")
            return
        }
        #expect(elements.count == 3)
        #expect(elements[1] == .success(.request(.init(id: "1", method: "sum", params: [1]))))
        for index in [0, 2] {
            guard case .failure(let rejection) = elements[index] else {
                Issue.record("accepted")
                continue
            }
            #expect(rejection.error.code == -32600)
            #expect(rejection.id == .null)
        }
    }

    @Test("A batch has at most 64 messages")
    func longBatch() throws {
        func batch(_ count: Int) -> String { "[" + Array(repeating: "1", count: count).joined(separator: ",") + "]" }
        _ = try JSONRPCInput(parsing: batch(64).utf8)
        #expect(rejection(batch(65))?["error"]?["code"] == -32600)
    }

    @Test(
        "An id comes back as it came",
        arguments: ["null", "1", "-9223372036854775808", "9223372036854775807", "1.5", "\"\"", "\"ü\\n\""])
    func ids(text: String) throws {
        let input = try JSONRPCInput(parsing: #"{"jsonrpc":"2.0","method":"a","id":\#(text)}"#.utf8)
        guard case .message(.request(let request)) = input, let id = request.id else {
            Issue.record("no id")
            return
        }
        #expect(id.json.description == text)
    }

    @Test("Responses are read and written")
    func responses() throws {
        let good = JSONRPCResponse(id: 4, result: .success(["seq": 1]))
        #expect(good.json.description == #"{"jsonrpc":"2.0","id":4,"result":{"seq":1}}"#)
        #expect(try JSONRPCMessage(json: good.json) == .response(good))
        let bad = JSONRPCResponse(
            id: "x", result: .failure(JSONRPCError(code: 1_002_033, message: "no", data: ["name": "N"])))
        #expect(try JSONRPCMessage(json: bad.json) == .response(bad))
        #expect(
            try JSONRPCMessage(json: JSONValue(parsing: #"{"jsonrpc":"2.0","id":1,"result":null}"#))
                == .response(.init(id: 1, result: .success(.null))))
        #expect(throws: JSONRPCRejection.self) {
            try JSONRPCMessage(json: ["jsonrpc": "2.0", "id": 1, "error": "x"])
        }
        #expect(JSONRPCMessage.response(good).json == good.json)
    }
}
