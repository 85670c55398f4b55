/// Where a room server tells what happens in its rooms (`[server] webhook_url`, `webhook_secret`).
package struct WebhookConfiguration: Sendable, Equatable {
    /// `http://` or `https://`; each event is a POST to it.
    package let url: String
    /// What receivers check the signature with.
    package let secret: String
    /// The pauses before an event that was not taken is sent again, in milliseconds; after the last one it is lost.
    package var retryPausesMs: [Int64] = [2_000, 4_000, 8_000, 16_000, 32_000]
    /// How long a receiver may take to answer.
    package var timeoutMs: Int64 = 10_000

    package init(url: String, secret: String) {
        self.url = url
        self.secret = secret
    }

    /// Whether a text is a URL that events can be sent to.
    package static func isURL(_ text: String) -> Bool {
        guard let scheme = ["https://", "http://"].first(where: { text.hasPrefix($0) }) else { return false }
        let host = text.dropFirst(scheme.count).prefix { $0 != "/" && $0 != "?" }
        return !host.isEmpty && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
}

extension WebhookConfiguration: CustomStringConvertible, CustomReflectable {
    package var description: String { url }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
