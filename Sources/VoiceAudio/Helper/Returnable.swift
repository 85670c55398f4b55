/// What the audio thread gives back and somebody may wait for.
enum Returnable: Hashable {
    case capture
    case playback
    case publisher(Int)
    case player(Int)
    case recording(Int)
    case processor
    /// All of it: the system has stopped.
    case everything
}
