package import JSONRPC

/// A STUN or TURN server: `{urls, username?, credential?}`, as a browser's `RTCIceServer` has it.
package struct ICEServer: Hashable, Sendable, SignalingValue {
    /// `stun:host:port`, `turn:host:port?transport=udp`, … (RFC 7064, RFC 7065).
    package let urls: [String]
    package let username: String?
    package let credential: String?

    package init(urls: [String], username: String? = nil, credential: String? = nil) {
        self.urls = urls
        self.username = username
        self.credential = credential
    }

    package init(json: JSONValue, path: String) throws {
        var reader = try JSONReader(json, path: path)
        urls = try reader.strings("urls")
        username = try reader.optionalString("username")
        credential = try reader.optionalString("credential")
    }

    package var json: JSONValue {
        var object: JSONObject = ["urls": .array(urls.map { .string($0) })]
        if let username { object["username"] = .string(username) }
        if let credential { object["credential"] = .string(credential) }
        return .object(object)
    }
}
