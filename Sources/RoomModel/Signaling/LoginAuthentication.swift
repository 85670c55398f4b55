package import JSONRPC

/// How a client shows that it may log in: `{proof}` or `{token}`; absent: nothing to show.
package enum LoginAuthentication: Hashable, Sendable, SignalingValue {
    case none
    /// 64 hexadecimal digits of ``AppSignProof``.
    case proof(String)
    /// A token of the application's server (Token04), at most 2048 bytes.
    case token(String)

    /// The longest token, in bytes.
    package static let maximumTokenBytes = 2048

    package init(json: JSONValue, path: String) throws {
        var reader = try JSONReader(json, path: path)
        let proof = try reader.optionalString("proof")
        let token = try reader.optionalString("token")
        try reader.finish()
        switch (proof, token) {
        case (let proof?, nil): self = .proof(proof)
        case (nil, let token?):
            guard token.utf8.count <= Self.maximumTokenBytes else { throw ZegoError(.tokenFormatError) }
            self = .token(token)
        default: throw JSONShapeError(path: path, expected: "either proof or token", got: "object")
        }
    }

    package var json: JSONValue {
        switch self {
        case .none: .object(JSONObject())
        case .proof(let proof): ["proof": .string(proof)]
        case .token(let token): ["token": .string(token)]
        }
    }
}

extension LoginAuthentication: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The kind only: proofs and tokens never get into a log.
    package var description: String {
        switch self {
        case .none: "none"
        case .proof: "<proof>"
        case .token: "<token>"
        }
    }

    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
