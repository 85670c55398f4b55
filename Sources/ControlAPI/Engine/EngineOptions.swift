import VoiceEngine

/// The parameters of `createEngine`; what is nil comes from the configuration.
package struct EngineOptions: Sendable, Equatable {
    package var appID: UInt32?
    package var appSign: String?
    package var server: String?
    package var scenario: Scenario?
    package var roomMode: RoomMode?

    package init() {}
}
