/// The media types of WHIP and WHEP.
enum MediaType: String {
    case sdp = "application/sdp"
    case fragment = "application/trickle-ice-sdpfrag"
    case problem = "application/problem+json"

    /// Reads a field `Content-Type`: without regard to case, parameters allowed (RFC 9110, section 8.3.1).
    init?(contentType: String) {
        let type = contentType.prefix { $0 != ";" }.drop { $0 == " " || $0 == "\t" }
        guard let end = type.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return nil }
        self.init(rawValue: type[...end].lowercased())
    }
}
