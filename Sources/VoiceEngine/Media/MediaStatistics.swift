import Transport

/// Counters and figures of the media thread, read by the engine every few seconds.
struct MediaStatistics: Sendable {
    /// One published stream, by its demand. Counters grow since the demand got its section.
    struct Sent: Sendable {
        var packets: UInt64 = 0
        /// Of payload.
        var bytes: UInt64 = 0
        /// Packets that carried copies of earlier ones, and how many each carries now.
        var withCopies: UInt64 = 0
        var copies = 0
        /// What the encoder may take, bits per second.
        var targetBitrate = 0
        /// What the server says that the listeners' lines take, bits per second with all headers; nil: all that is sent.
        var listenerBitrate: Int?
        /// As the room server's receiver reports say: lost since the beginning, and expected since then.
        var lost: Int64 = 0
        var expected: Int64 = 0
        /// By receiver reports, else by ICE checks on its path; nil until one came.
        var roundTripNanoseconds: Int64?
    }

    /// One played stream, by its demand.
    struct Received: Sendable {
        var packets: UInt64 = 0
        /// Of payload.
        var bytes: UInt64 = 0
        var lost: Int64 = 0
        var expected: Int64 = 0
        /// RFC 3550's interarrival jitter.
        var jitterNanoseconds: Int64 = 0
        /// By ICE checks on its path.
        var roundTripNanoseconds: Int64?
        /// From capture at the far microphone to arrival here; nil while the clocks' offset is not known.
        var captureToArrivalNanoseconds: Int64?
        /// Runs of packets that did not come in order.
        var gaps: UInt64 = 0
        var lastArrival: MonotonicTime?
    }

    var sent: [UInt64: Sent] = [:]
    var received: [UInt64: Received] = [:]
    /// By ICE checks, to the room server.
    var roundTripNanoseconds: Int64?
    var datagramsDropped: UInt64 = 0
    /// What the path to the room server takes, bits per second; nil: all that is wanted.
    var pathBitrate: Int?
    /// Of all streams of the transport to the room server, those that have ended too.
    var retransmissions = RetransmissionCounts()

    /// Takes in the streams of another transport.
    mutating func add(_ other: MediaStatistics) {
        sent.merge(other.sent) { $1 }
        received.merge(other.received) { $1 }
        datagramsDropped &+= other.datagramsDropped
    }
}
