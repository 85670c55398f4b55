/// An application: what separates its rooms, users and streams from those of others, and the two keys of its owner.
package struct AppCredentials: Hashable, Sendable {
    package let appID: AppID
    /// With it a client proves that it belongs to the application (``AppSignProof``).
    package let appSign: AppSign
    /// With it the owner's server makes tokens.
    package let serverSecret: ServerSecret

    package init(appID: AppID, appSign: AppSign, serverSecret: ServerSecret) {
        self.appID = appID
        self.appSign = appSign
        self.serverSecret = serverSecret
    }

    /// A new application with a random AppID and random keys.
    package init(random: inout some RandomNumberGenerator) throws(ZegoError) {
        appID = try AppID(UInt32.random(in: 1...UInt32.max, using: &random))
        appSign = AppSign(random: &random)
        serverSecret = ServerSecret(random: &random)
    }
}
