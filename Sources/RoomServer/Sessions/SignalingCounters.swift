/// What signalling has counted since the start, for `/metrics`.
package struct SignalingCounters: Sendable {
    package var connections: UInt64 = 0
    package var messages: UInt64 = 0
    package var faultyMessages: UInt64 = 0
    package var rateLimited: UInt64 = 0
    package var logins: UInt64 = 0
    /// By error number.
    package var refusedLogins: [Int: UInt64] = [:]
    package var resumes: UInt64 = 0
    package var refusedResumes: UInt64 = 0
    package var repeatedRequests: UInt64 = 0
    package var displacedSessions: UInt64 = 0
    package var departures: UInt64 = 0
    package var negotiations: UInt64 = 0
    package var failedNegotiations: UInt64 = 0
    package var publishedStreams: UInt64 = 0
    /// WHIP and WHEP clients that were let in.
    package var resources: UInt64 = 0
    /// By error number.
    package var refusedResources: [Int: UInt64] = [:]
    /// Broadcast messages, barrage messages and custom commands that were taken.
    package var messagesBetweenUsers: UInt64 = 0
    package var silentConnections: UInt64 = 0

    package init() {}
}
