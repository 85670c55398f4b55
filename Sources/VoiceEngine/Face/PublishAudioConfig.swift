/// How one publish channel encodes: the SDK's `ZegoAudioConfig`.
package struct PublishAudioConfig: Sendable, Equatable {
    package enum Channels: String, Sendable, CaseIterable {
        case mono
        case stereo

        /// 1 or 2.
        package var count: Int { self == .mono ? 1 : 2 }
    }

    /// 6–510; can change while publishing.
    package var bitrateKbps: Int
    /// Fixed while publishing.
    package var channels: Channels
    /// The length of an Opus frame: 5, 10, 20, 40 or 60; fixed while publishing.
    package var frameMs: Int

    package init(bitrateKbps: Int, channels: Channels, frameMs: Int) {
        self.bitrateKbps = bitrateKbps
        self.channels = channels
        self.frameMs = frameMs
    }
}
