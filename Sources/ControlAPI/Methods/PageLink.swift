import RoomModel

/// A link to a room server's page that fills in its fields. All of it stands in the fragment, which browsers do not send:
/// the token gets into no server's log.
struct PageLink {
    let text: String

    /// - Parameter page: the page's URL, such as `http://127.0.0.1:8790/`.
    init(page: String, appID: AppID, roomID: RoomID?, userID: UserID, token: String) {
        var fields = [("app", "\(appID)")]
        if let roomID { fields.append(("room", roomID.rawValue)) }
        fields += [("user", userID.rawValue), ("token", token)]
        text = page + "#" + fields.map { "\($0)=\(Self.encode($1))" }.joined(separator: "&")
    }

    /// Percent-encodes everything but the unreserved characters (RFC 3986, section 2.3).
    private static func encode(_ value: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var text: [UInt8] = []
        for byte in value.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                text.append(byte)
            default: text += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
