/// A WHIP or WHEP endpoint as a caller names it. Neither the token nor the URL ever shows in a log, an event, the status or
/// an error, beyond the URL's origin.
package struct MediaEndpoint: Sendable, Equatable {
    /// `https://host/path` or `http://…`; `user:password@` in it is sent as Basic credentials.
    package let url: String
    /// Sent as `Authorization: Bearer`, to the URL's origin only.
    package let bearerToken: String?

    package init(url: String, bearerToken: String? = nil) {
        self.url = url
        self.bearerToken = bearerToken
    }
}

extension MediaEndpoint: CustomStringConvertible, CustomReflectable {
    package var description: String { "an endpoint" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
