/// The states of `onPlayerStateUpdate`.
package enum PlayerState: String, Sendable {
    case noPlay = "no-play"
    case playRequesting = "play-requesting"
    case playing
}
