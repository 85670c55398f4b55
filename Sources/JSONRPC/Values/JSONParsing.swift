private import FoundationEssentials

/// Why bytes are not an acceptable JSON text.
package enum JSONParseError: Error, Equatable, Sendable {
    /// The bytes are not UTF-8, or hold a NUL or a byte-order mark.
    case notUTF8
    /// Arrays and objects are nested more deeply than allowed.
    case tooDeep(maximum: Int)
    /// It is not JSON; the reason is for people.
    case malformed(String)
}

extension JSONParseError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notUTF8: "the text is not UTF-8"
        case .tooDeep(let maximum): "arrays and objects are nested more than \(maximum) deep"
        case .malformed(let reason): "the text is not JSON: \(reason)"
        }
    }
}

extension JSONValue {
    /// How deep arrays and objects may be nested in a text from outside.
    package static let defaultMaximumDepth = 64

    /// Parses one JSON text.
    ///
    /// - Parameters:
    ///   - bytes: the text in UTF-8; space around the value is allowed.
    ///   - maximumDepth: how deep arrays and objects may be nested; checked before anything is built.
    package init(
        parsing bytes: some Collection<UInt8>, maximumDepth: Int = JSONValue.defaultMaximumDepth
    ) throws(JSONParseError) {
        let text = Array(bytes)
        // The decoder would take a NUL or a byte-order mark as a sign of UTF-16 or UTF-32.
        guard !text.contains(0), !text.starts(with: [0xEF, 0xBB, 0xBF]), String(validating: text, as: UTF8.self) != nil
        else { throw .notUTF8 }
        try Self.check(text, maximumDepth: maximumDepth)
        do {
            self = try JSONDecoder().decode(DecodedValue.self, from: Data(text)).value
        } catch DecodingError.dataCorrupted(let context) {
            throw .malformed(Self.reason(context))
        } catch {
            throw .malformed("a value is out of range")
        }
    }

    /// Parses one JSON text; see ``init(parsing:maximumDepth:)``.
    package init(parsing text: String) throws(JSONParseError) {
        try self.init(parsing: Array(text.utf8))
    }

    /// What the decoder does not see to: the nesting of brackets and braces outside strings, matching or not, and
    /// the comma before a closing one, which it tolerates.
    private static func check(_ text: [UInt8], maximumDepth: Int) throws(JSONParseError) {
        var depth = 0
        var inString = false
        var escaped = false
        var afterComma = false
        for byte in text {
            if inString {
                if escaped {
                    escaped = false
                } else if byte == UInt8(ascii: "\\") {
                    escaped = true
                } else if byte == UInt8(ascii: "\"") {
                    inString = false
                }
                continue
            }
            switch byte {
            case 0x20, 0x09, 0x0A, 0x0D: continue
            case UInt8(ascii: "\""): inString = true
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                depth += 1
                if depth > maximumDepth { throw .tooDeep(maximum: maximumDepth) }
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                if afterComma { throw .malformed("a comma before a closing bracket") }
                depth -= 1
            default: break
            }
            afterComma = byte == UInt8(ascii: ",")
        }
    }

    private static func reason(_ context: DecodingError.Context) -> String {
        guard let error = context.underlyingError else { return context.debugDescription }
        return "\(error)"
    }
}

/// The bridge from the decoder's containers to a value.
private struct DecodedValue: Decodable {
    let value: JSONValue

    init(from decoder: any Decoder) throws {
        if let single = try? decoder.singleValueContainer() {
            if let string = try? single.decode(String.self) {
                value = .string(string)
                return
            }
            if single.decodeNil() {
                value = .null
                return
            }
            if let integer = try? single.decode(Int64.self) {
                value = .integer(integer)
                return
            }
            if let bool = try? single.decode(Bool.self) {
                value = .bool(bool)
                return
            }
            if let number = try? single.decode(Double.self) {
                value = .number(number)
                return
            }
        }
        if let container = try? decoder.container(keyedBy: Key.self) {
            var object = JSONObject()
            for key in container.allKeys.sorted(by: { $0.stringValue < $1.stringValue }) {
                object[key.stringValue] = try container.decode(DecodedValue.self, forKey: key).value
            }
            value = .object(object)
            return
        }
        // Not a string, null, boolean, object or number in range: an array, or the decoder's own error is the reason.
        var container = try decoder.unkeyedContainer()
        var elements: [JSONValue] = []
        while !container.isAtEnd { elements.append(try container.decode(DecodedValue.self).value) }
        value = .array(elements)
    }

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}
