import Logging
import MediaIO
import Transport
import WebRTC

/// How a ``Forwarder`` is set up.
package struct ForwarderConfiguration: Sendable {
    /// The addresses to listen on, all with ``port``; their own ports are not looked at. `0.0.0.0` and `::` (which
    /// takes IPv4 too) stand for all.
    package var listenAddresses: [TransportAddress]
    /// The one UDP port; 0 lets the kernel choose (``Forwarder/port`` tells).
    package var port: UInt16
    /// The addresses to announce as candidates; port 0 means the bound one. Empty: the listening addresses, `0.0.0.0`
    /// and `::` replaced by those of the machine's running interfaces.
    package var advertisedAddresses: [TransportAddress]
    /// Whether the TCP port of the same number takes connections of ICE-TCP (``Forwarder/accept(_:)``): they are announced
    /// then, at the same addresses.
    package var acceptsStreams: Bool
    /// How long such a connection may be nobody's, in milliseconds.
    package var strangerTimeoutMilliseconds: Int64 = 10_000
    /// Worker threads, 1…64; nil: one per core.
    package var workers: Int?
    /// For ICE; ``ICETimers/liteDisconnectedAfter`` and ``ICETimers/liteFailedAfter`` say when a silent peer is given up.
    package var timers: ICETimers
    /// A published stream that sends nothing for so long has stopped, in milliseconds.
    package var streamSilenceMilliseconds: Int64
    package var scheduling: LoopScheduling
    package var logger: Logger

    package init(
        listenAddresses: [TransportAddress], port: UInt16, advertisedAddresses: [TransportAddress] = [],
        acceptsStreams: Bool = false, workers: Int? = nil, timers: ICETimers = ICETimers(),
        streamSilenceMilliseconds: Int64 = 5000,
        scheduling: LoopScheduling = .normal, logger: Logger
    ) {
        self.listenAddresses = listenAddresses
        self.port = port
        self.advertisedAddresses = advertisedAddresses
        self.acceptsStreams = acceptsStreams
        self.workers = workers
        self.timers = timers
        self.streamSilenceMilliseconds = streamSilenceMilliseconds
        self.scheduling = scheduling
        self.logger = logger
    }
}
