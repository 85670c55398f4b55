/// What a ``JitterBuffer`` did with a packet.
package enum Insertion: BitwiseCopyable {
    case stored
    /// It waits here already, or was played.
    case duplicate
    /// Its turn is over.
    case late
    /// Not an Opus packet.
    case malformed
    /// A number far from all others, alone: kept out until a second one confirms it.
    case suspicious
    /// The stream begins anew with it.
    case restarted
}
