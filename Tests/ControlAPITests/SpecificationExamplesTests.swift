import ControlAPI
import JSONRPC
import Logging
import NIOCore
import NIOPosix
import Synchronization
import Testing

/// Section 7 of the JSON-RPC 2.0 specification, sent to a socket as it stands there. The one difference is the contract's:
/// params are objects, so the examples with positional ones are refused with -32602.
@Suite("JSON-RPC 2.0: the specification's examples over a socket")
struct SpecificationExamplesTests {
    private struct Nothing: Sendable {}

    private static func method(
        _ name: String, _ parameters: [Parameter] = [], _ result: @escaping @Sendable (JSONObject) -> JSONObject
    ) -> Method<Nothing> {
        Method(name, "of the specification", parameters: parameters) { call in
            var reply = Reply(result(call.params))
            reply.carriesSeq = false
            return reply
        }
    }

    private static let methods: [Method<Nothing>] = [
        method(
            "subtract",
            [.required("minuend", .integer(0...1000), "of"), .required("subtrahend", .integer(0...1000), "what")]
        ) { params in ["difference": .integer((params["minuend"]?.integer ?? 0) - (params["subtrahend"]?.integer ?? 0))]
        },
        method("update") { _ in [:] },
        method("get_data") { _ in ["data": ["hello", 5]] },
        method("notify_hello") { _ in [:] },
    ]

    private func exchange(_ body: (TestClient) async throws -> Void) async throws {
        let directory = try TestDirectory()
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let logger = Logger(label: "t") { _ in SwiftLogNoOpLogHandler() }
        let server = SocketServer.lines(
            socket: try .make(path: directory.path + "/s.sock", mode: 0o600), admission: .everyone, limits: .control,
            catalogue: Catalogue(methods: Self.methods, logger: logger), context: Nothing(), log: nil,
            environment: SocketServer.Environment(group: group, logger: logger))
        try await server.start()
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await body(try TestClient(directory.path + "/s.sock")))
        } catch {
            outcome = .failure(error)
        }
        await server.stop()
        try await group.shutdownGracefully()
        try outcome.get()
    }

    /// Without what is for people.
    private func bare(_ value: JSONValue) -> JSONValue {
        if case .array(let elements) = value { return .array(elements.map(bare)) }
        var object = value.object ?? [:]
        if let error = object["error"] { object["error"] = ["code": error["code"] ?? .null] }
        return .object(object)
    }

    /// Sends a line and after it a request of our own: what comes before its answer is the answer to the line.
    private func answer(_ line: String, _ client: TestClient) async throws -> JSONValue? {
        await client.send(line)
        await client.send(#"{"jsonrpc":"2.0","method":"get_data","id":"end"}"#)
        let first = try await client.json()
        guard first["id"] != "end" else { return nil }
        #expect(try await client.json()["id"] == "end")
        return bare(first)
    }

    private func parsed(_ text: String?) throws -> JSONValue? { try text.map { try JSONValue(parsing: $0) } }

    @Test("Each line gets what the specification says")
    func examples() async throws {
        try await exchange { client in
            for (line, expected) in Self.examples {
                let answered = try await answer(line, client)
                let wanted = try parsed(expected)
                #expect(answered == wanted, "\(line)")
            }
        }
    }

    private static let examples: [(String, String?)] = [
        // rpc call with positional parameters
        (
            #"{"jsonrpc": "2.0", "method": "subtract", "params": [42, 23], "id": 1}"#,
            #"{"jsonrpc": "2.0", "error": {"code": -32602}, "id": 1}"#
        ),
        // rpc call with named parameters
        (
            #"{"jsonrpc": "2.0", "method": "subtract", "params": {"subtrahend": 23, "minuend": 42}, "id": 3}"#,
            #"{"jsonrpc": "2.0", "result": {"difference": 19}, "id": 3}"#
        ),
        (
            #"{"jsonrpc": "2.0", "method": "subtract", "params": {"minuend": 42, "subtrahend": 23}, "id": 4}"#,
            #"{"jsonrpc": "2.0", "result": {"difference": 19}, "id": 4}"#
        ),
        // a notification
        (#"{"jsonrpc": "2.0", "method": "update", "params": [1,2,3,4,5]}"#, nil),
        (#"{"jsonrpc": "2.0", "method": "foobar"}"#, nil),
        // rpc call of non-existent method
        (
            #"{"jsonrpc": "2.0", "method": "foobar", "id": "1"}"#,
            #"{"jsonrpc": "2.0", "error": {"code": -32601}, "id": "1"}"#
        ),
        // rpc call with invalid JSON
        (
            #"{"jsonrpc": "2.0", "method": "foobar, "params": "bar", "baz]"#,
            #"{"jsonrpc": "2.0", "error": {"code": -32700}, "id": null}"#
        ),
        // rpc call with invalid Request object
        (
            #"{"jsonrpc": "2.0", "method": 1, "params": "bar"}"#,
            #"{"jsonrpc": "2.0", "error": {"code": -32600}, "id": null}"#
        ),
        // rpc call Batch, invalid JSON
        (
            #"[{"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"},{"jsonrpc": "2.0", "method"]"#,
            #"{"jsonrpc": "2.0", "error": {"code": -32700}, "id": null}"#
        ),
        // rpc call with an empty Array
        ("[]", #"{"jsonrpc": "2.0", "error": {"code": -32600}, "id": null}"#),
        // rpc call with an invalid Batch (but not empty)
        ("[1]", #"[{"jsonrpc": "2.0", "error": {"code": -32600}, "id": null}]"#),
        // rpc call with invalid Batch
        (
            "[1,2,3]",
            #"[{"jsonrpc": "2.0", "error": {"code": -32600}, "id": null},{"jsonrpc": "2.0", "error": {"code": -32600}, "id": null},"#
                + #"{"jsonrpc": "2.0", "error": {"code": -32600}, "id": null}]"#
        ),
        // rpc call Batch
        (
            #"[{"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"},{"jsonrpc": "2.0", "method": "notify_hello", "params": [7]},"#
                + #"{"jsonrpc": "2.0", "method": "subtract", "params": [42,23], "id": "2"},{"foo": "boo"},"#
                + #"{"jsonrpc": "2.0", "method": "foo.get", "params": {"name": "myself"}, "id": "5"},"#
                + #"{"jsonrpc": "2.0", "method": "get_data", "id": "9"}]"#,
            #"[{"jsonrpc": "2.0", "error": {"code": -32601}, "id": "1"},{"jsonrpc": "2.0", "error": {"code": -32602}, "id": "2"},"#
                + #"{"jsonrpc": "2.0", "error": {"code": -32600}, "id": null},{"jsonrpc": "2.0", "error": {"code": -32601}, "id": "5"},"#
                + #"{"jsonrpc": "2.0", "result": {"data": ["hello", 5]}, "id": "9"}]"#
        ),
        // rpc call Batch (all notifications)
        (
            #"[{"jsonrpc": "2.0", "method": "notify_sum", "params": [1,2,4]},{"jsonrpc": "2.0", "method": "notify_hello", "params": [7]}]"#,
            nil
        ),
    ]
}
