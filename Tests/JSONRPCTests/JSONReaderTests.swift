import JSONRPC
import Testing

@Suite("JSON reader: path, expected, got")
struct JSONReaderTests {
    enum Channel: String, CaseIterable { case main, aux }

    private func error(_ body: () throws -> Void) -> JSONShapeError? {
        do {
            try body()
            return nil
        } catch {
            return error as? JSONShapeError
        }
    }

    @Test("Members are read by type")
    func reads() throws {
        let json: JSONValue = [
            "s": "x", "i": 7, "n": 1.5, "b": true, "c": "aux", "a": [1], "l": ["p", "q"], "o": ["k": 1],
            "objects": [["k": 1], ["k": 2]],
        ]
        var reader = try JSONReader(json)
        #expect(try reader.string("s") == "x")
        #expect(try reader.integer("i", in: 0...10) == 7)
        #expect(try reader.number("n") == 1.5)
        #expect(try reader.number("i") == 7)
        #expect(try reader.bool("b"))
        #expect(try reader.choice("c", as: Channel.self) == .aux)
        #expect(try reader.array("a").map(\.path) == ["a[0]"])
        #expect(try reader.strings("l") == ["p", "q"])
        var inner = try reader.object("o")
        #expect(inner.path == "o")
        #expect(try inner.integer("k") == 1)
        try inner.finish()
        let keys = try reader.objects("objects") { element throws(JSONShapeError) in try element.integer("k", in: 0...9)
        }
        #expect(keys == [1, 2])
        #expect(try reader.optionalString("absent") == nil)
        #expect(try reader.optionalBool("absent") == nil)
        #expect(try reader.optionalInteger("absent", in: 0...1) == nil)
        #expect(try reader.optionalNumber("absent") == nil)
        #expect(try reader.optionalChoice("absent", as: Channel.self) == nil)
        #expect(try reader.optionalStrings("absent") == nil)
        #expect(try reader.optionalObject("absent") == nil)
        try reader.finish()
    }

    @Test("Each mistake is named")
    func mistakes() throws {
        let json: JSONValue = [
            "user": ["userID": 7, "more": 1], "volume": 300, "channel": "fifth", "list": ["a", 2], "x": .null,
        ]
        func read(_ body: (inout JSONReader) throws -> Void) -> JSONShapeError? {
            error {
                var reader = try JSONReader(json)
                try body(&reader)
            }
        }
        #expect(read { _ = try $0.string("roomID") } == .init(path: "roomID", expected: "string", got: "missing"))
        #expect(
            read {
                var user = try $0.object("user")
                _ = try user.string("userID")
            } == .init(path: "user.userID", expected: "string", got: "integer"))
        #expect(
            read { _ = try $0.integer("volume", in: 0...200) }
                == .init(path: "volume", expected: "integer 0…200", got: "300"))
        #expect(
            read { _ = try $0.choice("channel", as: Channel.self) }
                == .init(path: "channel", expected: "one of main, aux", got: "\"fifth\""))
        #expect(read { _ = try $0.strings("list") } == .init(path: "list[1]", expected: "string", got: "integer"))
        #expect(read { _ = try $0.optionalString("x") } == .init(path: "x", expected: "string", got: "null"))
        #expect(
            read {
                var user = try $0.object("user")
                _ = user.optionalValue("userID")
                try user.finish()
            } == .init(path: "user.more", expected: "one of userID", got: "unknown key"))
        #expect(error { _ = try JSONReader(JSONValue.array([1])) } == .init(path: "", expected: "object", got: "array"))
    }
}
