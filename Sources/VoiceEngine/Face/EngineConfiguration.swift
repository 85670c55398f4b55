import Certificates
import RoomModel

/// What one engine is made with. Every value but the application and the server has a default that works.
package struct EngineConfiguration: Sendable {
    /// The application, 1–4294967295.
    package var appID: UInt32
    /// The application's AppSign: 64 hexadecimal digits. Never sent; a proof made with it is.
    package var appSign: String
    /// Where the AppSign of the moment is known, if that can change while the engine is there; nil, or nil from it: the one
    /// above counts.
    package var appSignSource: (@Sendable () -> AppSign?)?
    /// The room server: `ws://host:port`, or `wss://host:port` with TLS.
    package var server: String
    /// By what the certificate of a server of `wss` is known.
    package var trust = ServerTrust.system
    /// What `status` calls the server (`embedded`); nil: its URL.
    package var serverName: String?
    package var scenario: Scenario = .standardVoiceCall
    package var roomMode: RoomMode = .single
    /// STUN servers for server-reflexive candidates: `stun:host:port`.
    package var stunServers: [String] = []

    /// `[audio] input`: an ALSA PCM name, `null`, `tone:440`, `file:/path.wav`.
    package var audioInput = "default"
    /// `[audio] output`: an ALSA PCM name, `null`, `file:/path.wav`.
    package var audioOutput = "default"
    /// The length of an audio period.
    package var periodMs = 10
    /// `[audio] low_delay`: the shortest periods, frames and blocks, Opus without look-ahead, nothing done to the
    /// microphone's sound unless it is asked for.
    package var isLowDelay = false
    /// The SCHED_FIFO priority that the audio thread asks for; 0 asks for none.
    package var realtimePriority = 70

    /// `[audio] dtx`: voices send next to nothing while nothing is to be heard.
    package var isDiscontinuous = false

    /// `[audio] echo_cancellation`: whether scenarios switch it on.
    package var echoCancellation = true

    /// `[files] directory`: what `source` and `sink` name is taken below it, never elsewhere.
    package var filesDirectory: String
    /// How long a login, a re-connection, a publisher or a player is tried again.
    package var retryWindowSeconds = 1200.0
    /// What the engine calls itself at the room server.
    package var version = "1.0.0"

    package init(appID: UInt32, appSign: String, server: String, filesDirectory: String) {
        self.appID = appID
        self.appSign = appSign
        self.server = server
        self.filesDirectory = filesDirectory
    }
}
