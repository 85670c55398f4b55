/// How long the parts of a WHIP or WHEP session may take, in nanoseconds.
enum EndpointTimes {
    /// For the answer to an offer: servers may be starting something up.
    static let offer: Int64 = 15_000_000_000
    /// For the answer to a fragment.
    static let fragment: Int64 = 8_000_000_000
    /// For the answer to a goodbye, which `stopPublishing`, `stopPlaying` and `destroy` wait for.
    static let goodbye: Int64 = 3_000_000_000
    /// For gathering all candidates where the server does not take them later.
    static let gathering: Int64 = 2_000_000_000
    /// From the server's answer until media can flow.
    static let connecting: Int64 = 20_000_000_000
    /// From one attempt at an ICE restart to the next, when there is no new path.
    static let restart: Int64 = 6_000_000_000
    /// From one attempt at an ICE restart to the next, when the server could not be asked.
    static let restartRetry: Int64 = 1_000_000_000
    /// Without a path for so long the session is given up for a new one.
    static let patience: Int64 = 15_000_000_000
    /// A session that media flowed in for so long, and that broke, is followed by a new one at once.
    static let lasting: Int64 = 10_000_000_000
    /// The longest that a server may ask to be left alone for.
    static let longestPause: Int64 = 300_000_000_000
    /// The shortest, whatever it says.
    static let shortestPause: Int64 = 500_000_000
}
