import RoomModel

/// What a path below `/whip` or `/whep` names.
enum ResourcePath: Hashable {
    /// `/whip/{appID}/{roomID}/{streamID}`: where a stream is published.
    case publishing(AppID, RoomID, StreamID)
    /// `/whep/{appID}/{streamID}`: where a stream is played.
    case playing(AppID, StreamID)
    /// `/whip/sessions/{id}`, `/whep/sessions/{id}`: the session of a client.
    case session(ResourceKind, SessionID)
    /// Below `/whip` or `/whep`, but none of those.
    case nothing
    /// An identifier in the path breaks the rules of its kind.
    case faulty(ZegoError)

    private static let sessions: Substring = "sessions"

    /// Nil for a path that is not below `/whip` or `/whep`. `uri` is the request's target, a query is passed over.
    init?(uri: String) {
        let path = uri.prefix { $0 != "?" }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count >= 2, parts[0].isEmpty, let kind = ResourceKind(rawValue: String(parts[1])) else {
            return nil
        }
        self = Self.read(kind, parts.dropFirst(2))
    }

    private static func read(_ kind: ResourceKind, _ parts: ArraySlice<Substring>) -> ResourcePath {
        if parts.count == 2, parts.first == sessions, let id = parts.last {
            return .session(kind, SessionID(String(id)))
        }
        guard parts.count == (kind == .whip ? 3 : 2), let application = parts.first.flatMap({ UInt32($0) }) else {
            return .nothing
        }
        let names = parts.dropFirst().map(decode)
        do throws(ZegoError) {
            let appID = try AppID(application)
            // What is no UTF-8 is no character that an identifier may have.
            let stream = try StreamID((names.last ?? nil) ?? "\u{0}")
            guard kind == .whip else { return .playing(appID, stream) }
            return .publishing(appID, try RoomID((names.first ?? nil) ?? "\u{0}"), stream)
        } catch {
            return .faulty(error)
        }
    }

    /// The path of a session.
    static func path(_ kind: ResourceKind, _ session: SessionID) -> String {
        "/\(kind.rawValue)/\(sessions)/\(session.text)"
    }

    /// Undoes percent-encoding (RFC 3986, section 2.1); nil for a broken one and for what is no UTF-8.
    private static func decode(_ part: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(part.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2,
                let decoded = Hexadecimal.decode(String(decoding: rest.prefix(2), as: UTF8.self))
            else { return nil }
            bytes += decoded
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
