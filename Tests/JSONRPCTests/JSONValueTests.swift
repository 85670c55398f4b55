import JSONRPC
import Testing

@Suite("JSON values: parsing and writing")
struct JSONValueTests {
    @Test(
        "A text comes back as it was, compact",
        arguments: [
            "null", "true", "false", "0", "-1", "9223372036854775807", "-9223372036854775808", "1.5", "-0.25",
            "\"\"", "\"a\\\"b\\\\c\\n\\t\\r\\u0001\"", "\"grüße 🎙\"", "[]", "{}", "[1,[2,[3]],{\"a\":null}]",
            "{\"a\":1,\"b\":{\"c\":[true]}}",
        ])
    func roundTrip(text: String) throws {
        #expect(try JSONValue(parsing: text).description == text)
    }

    @Test("Integers of 64 bits are exact, larger ones become numbers")
    func numbers() throws {
        #expect(try JSONValue(parsing: "9007199254740993") == .integer(9_007_199_254_740_993))
        #expect(try JSONValue(parsing: "18446744073709551615") == .number(0x1p64))
        #expect(try JSONValue(parsing: "1e2").double == 100)
        #expect(try JSONValue(parsing: "0.1") == .number(0.1))
    }

    @Test("Escapes are resolved")
    func escapes() throws {
        #expect(try JSONValue(parsing: #""\u00e9\ud83c\udf99\/""#) == "é🎙/")
    }

    @Test(
        "What is not JSON is refused",
        arguments: [
            "", " ", "{]", "[", "{", "{\"a\"}", "{\"a\":}", "{a:1}", "{'a':1}", "[1,]", "{\"a\":1,}", "01", "+1", ".5",
            "1.", "NaN", "Infinity", "nul", "truefalse", "\"abc", "\"\u{1}\"", "\"a\nb\"", "1 2", "{} x", "\"\\x\"",
            "\"\\ud800\"", "1e999", "// x\n1", "[1 2]",
        ])
    func malformed(text: String) {
        #expect(throws: JSONParseError.self) { try JSONValue(parsing: text) }
    }

    @Test("Bytes that are not UTF-8 are refused, and so are NUL and other encodings")
    func encoding() {
        let texts: [[UInt8]] = [
            [0x22, 0xFF, 0x22], [0xFF], [0x22, 0xC3, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0x31, 0], [0, 0x31],
            [0xEF, 0xBB, 0xBF, 0x31], [0x22, 0xC0, 0xAF, 0x22],
        ]
        for text in texts { #expect(throws: JSONParseError.notUTF8) { try JSONValue(parsing: text) } }
    }

    @Test("Nesting is bounded before anything is built")
    func depth() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        _ = try JSONValue(parsing: nested(64))
        #expect(throws: JSONParseError.tooDeep(maximum: 64)) { try JSONValue(parsing: nested(65)) }
        #expect(throws: JSONParseError.tooDeep(maximum: 64)) {
            try JSONValue(parsing: String(repeating: "[", count: 1_000_000))
        }
        // Brackets inside strings do not count.
        _ = try JSONValue(parsing: "\"\\\"" + String(repeating: "[", count: 100) + "\"")
    }

    @Test("Members are written in the order in which they were put in")
    func order() {
        var object: JSONObject = ["z": 1, "a": 2]
        object["m"] = 3
        object["z"] = 4
        #expect(object.description == #"{"z":4,"a":2,"m":3}"#)
        object["a"] = nil
        #expect(object.description == #"{"z":4,"m":3}"#)
        #expect(object == ["m": 3, "z": 4])
        #expect(object != ["m": 3])
        #expect(Set([object, ["m": 3, "z": 4]]).count == 1)
    }

    @Test("Written text is one line of valid JSON whatever the value")
    func writing() throws {
        let value: JSONValue = [
            "nan": .number(.nan), "inf": .number(-.infinity), "text": "a\nb\u{0}\u{2028}",
            "small": .number(.leastNonzeroMagnitude),
            "big": 1e300,
        ]
        let text = value.serialized()
        #expect(!text.contains(0x0A))
        let back = try JSONValue(parsing: text)
        #expect(back["nan"] == .null)
        #expect(back["inf"] == .null)
        #expect(back["text"] == "a\nb\u{0}\u{2028}")
        #expect(back["small"] == .number(.leastNonzeroMagnitude))
        #expect(back["big"] == 1e300)
    }

    @Test("Random bytes never crash the parser")
    func garbage() {
        var generator = SystemRandomNumberGenerator()
        let alphabet = Array("{}[]\",:0123456789.eE+-truefalsn\\u \u{1}ü".utf8) + [0xFF, 0x80, 0]
        for _ in 0..<3000 {
            let count = Int.random(in: 0..<40, using: &generator)
            let text = (0..<count).map { _ in alphabet.randomElement(using: &generator) ?? 0 }
            if let value = try? JSONValue(parsing: text) {
                #expect((try? JSONValue(parsing: value.serialized())) == value)
            }
        }
    }
}
