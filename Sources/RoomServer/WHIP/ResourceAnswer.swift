import JSONRPC
import NIOHTTP1
import RoomModel

/// What is answered to a request of WHIP or WHEP. Every one of them, errors too, has the CORS fields, so that a page of
/// another origin can read it.
struct ResourceAnswer: Sendable {
    let status: HTTPResponseStatus
    var headers: [(String, String)] = []
    var mediaType: MediaType?
    var body = ""

    static let exposedHeaders = "Location, ETag, Link, Retry-After, Accept-Post, WWW-Authenticate"

    /// All header fields but those of the connection.
    var allHeaders: HTTPHeaders {
        var fields = HTTPHeaders(headers)
        fields.add(name: "Access-Control-Allow-Origin", value: "*")
        fields.add(name: "Access-Control-Expose-Headers", value: Self.exposedHeaders)
        fields.add(name: "Cache-Control", value: "no-store")
        if let mediaType { fields.add(name: "Content-Type", value: mediaType.rawValue) }
        // 204 has no content and says nothing of its length (RFC 9110, section 8.6).
        if status != .noContent { fields.add(name: "Content-Length", value: String(body.utf8.count)) }
        return fields
    }

    /// A problem document (RFC 9457).
    static func problem(
        _ status: HTTPResponseStatus, _ detail: String, headers: [(String, String)] = [], error: ZegoErrorCode? = nil
    ) -> ResourceAnswer {
        var document: JSONObject = [
            "type": "about:blank", "title": .string(status.reasonPhrase), "status": .integer(Int64(status.code)),
            "detail": .string(detail),
        ]
        if let error {
            document["errorCode"] = .integer(Int64(error.number))
            document["name"] = .string(error.name)
            document["hint"] = .string(error.hint)
        }
        return ResourceAnswer(
            status: status, headers: headers, mediaType: .problem, body: JSONValue.object(document).description)
    }

    /// The problem document of an error of the SDK's table.
    static func problem(_ error: ZegoError) -> ResourceAnswer {
        let retry = ("Retry-After", "2")
        let challenge = ("WWW-Authenticate", "Bearer realm=\"zego\", error=\"invalid_token\"")
        let (status, headers): (HTTPResponseStatus, [(String, String)]) =
            switch error.code {
            case .tokenInnerError, .tokenFormatError, .tokenAppIDError, .tokenUserIDError, .tokenExpired,
                .tokenVersionError, .tokenNonceTypeError:
                (.unauthorized, [challenge])
            case .appSignallingTooFrequent: (.tooManyRequests, [("Retry-After", "10")])
            case .appIDIncorrect, .notLoggedIn: (.notFound, [])
            case .authenticationFailed, .publishAuthenticationFailed, .publishForbidden, .playerCountExceeded,
                .memberLimitExceeded:
                (.forbidden, [])
            case .repetitivePublishStream, .streamNotExist: (.conflict, [retry])
            case .illegalParameter: (.unprocessableEntity, [])
            case .roomInnerError: (.serviceUnavailable, [retry])
            default: (.badRequest, [])
            }
        return problem(status, error.message, headers: headers, error: error.code)
    }
}
