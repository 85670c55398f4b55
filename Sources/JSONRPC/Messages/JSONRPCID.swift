/// The `id` of a request, given back in its response exactly as it came.
package enum JSONRPCID: Sendable, Hashable {
    /// `null`: in a response, that the request's id could not be told.
    case null
    case integer(Int64)
    /// A number with a fraction, which JSON-RPC advises against but allows.
    case number(Double)
    case string(String)

    /// The id in a JSON value; nil when the value cannot be one, or is a number too large to be given back exactly.
    package init?(json: JSONValue) {
        switch json {
        case .null: self = .null
        case .integer(let value): self = .integer(value)
        case .number(let value):
            guard value.magnitude < 0x1p53 else { return nil }
            self = .number(value)
        case .string(let value): self = .string(value)
        default: return nil
        }
    }

    /// The id as it is written.
    package var json: JSONValue {
        switch self {
        case .null: .null
        case .integer(let value): .integer(value)
        case .number(let value): .number(value)
        case .string(let value): .string(value)
        }
    }
}

extension JSONRPCID: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral {
    package init(integerLiteral value: Int64) { self = .integer(value) }
    package init(stringLiteral value: String) { self = .string(value) }
}
