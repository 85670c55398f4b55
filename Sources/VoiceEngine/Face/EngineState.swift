/// The life of the engine, as `engine-state` tells it and `status` shows it.
package enum EngineState: String, Sendable {
    /// Made; its threads do not turn yet.
    case created
    /// Its audio and media threads turn.
    case running
    /// Its threads have stopped.
    case stopped
    /// Devices and sockets are released.
    case destroyed
}
