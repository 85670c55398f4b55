import Glibc
import Logging
import NIOCore
import NIOPosix
import RoomServer
import Synchronization

/// A listening Unix socket and its connections.
package final class SocketServer: Sendable {
    /// What a server needs beside its socket.
    package struct Environment: Sendable {
        package var group: MultiThreadedEventLoopGroup
        package var logger: Logger
        package var limits = LineConnectionLimits()
        package var credentialSource: PeerCredentialSource = { PeerCredentials.ofKernel($0) }
        package var ownUserID: UInt32 = geteuid()

        package init(group: MultiThreadedEventLoopGroup, logger: Logger) {
            self.group = group
            self.logger = logger
        }
    }

    private struct State {
        var channel: (any Channel)?
        var connections: [ObjectIdentifier: ConnectionHandle] = [:]
        /// New requests are refused, on connections that come from now on too.
        var isRefusing = false
        var isStopping = false
    }

    package let limiter: ConnectionLimiter
    private let socket: ListeningSocket
    private let admission: Admission
    private let environment: Environment
    private let refusals: RefusalLog
    private let makeHandler: @Sendable (SocketServer, PeerCredentials) -> any ChannelHandler
    private let state = Mutex(State())

    init(
        socket: ListeningSocket, admission: Admission, limits: ConnectionLimiter.Limits, environment: Environment,
        makeHandler: @escaping @Sendable (SocketServer, PeerCredentials) -> any ChannelHandler
    ) {
        self.socket = socket
        self.admission = admission
        self.environment = environment
        self.makeHandler = makeHandler
        refusals = RefusalLog(logger: environment.logger)
        limiter = ConnectionLimiter(limits: limits, ownUserID: environment.ownUserID)
    }

    /// Begins to accept.
    package func start() async throws {
        let bootstrap = ServerBootstrap(group: environment.group)
            .serverChannelInitializer { channel in
                // When file descriptors run out, accepting pauses instead of spinning.
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptPause())
                }
            }
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(self.admissionHandler())
                }
            }
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.autoRead, value: false)
        let channel = try await bootstrap.withBoundSocket(socket.descriptor).get()
        state.withLock { $0.channel = channel }
    }

    private func admissionHandler() -> AdmissionHandler {
        AdmissionHandler(
            admission: admission, limiter: limiter, ownUserID: environment.ownUserID,
            credentialSource: environment.credentialSource, logger: environment.logger, refusals: refusals
        ) { channel, peer in
            try channel.pipeline.syncOperations.addHandler(self.makeHandler(self, peer))
        }
    }

    func connectionBegan(_ id: ObjectIdentifier, _ handle: ConnectionHandle) {
        let (isRefusing, isStopping) = state.withLock { state in
            state.connections[id] = handle
            return (state.isRefusing, state.isStopping)
        }
        if isRefusing { handle.refuse() }
        if isStopping { handle.close() }
    }

    func connectionEnded(_ id: ObjectIdentifier) {
        state.withLock { $0.connections[id] = nil }
    }

    /// Refuses new requests on all connections, those that come later included; replies under way and events go on.
    package func refuseRequests() {
        let handles = state.withLock { state in
            state.isRefusing = true
            return Array(state.connections.values)
        }
        for handle in handles { handle.refuse() }
    }

    /// Stops accepting, gives the connections half a second to take what waits for them, and closes.
    package func stop() async {
        let (channel, handles) = state.withLock { state in
            state.isStopping = true
            defer { state.channel = nil }
            return (state.channel, Array(state.connections.values))
        }
        try? await channel?.close().get()
        for handle in handles { handle.close() }
        socket.remove()
        let deadline = NIODeadline.now() + .milliseconds(500)
        while NIODeadline.now() < deadline, state.withLock({ !$0.connections.isEmpty }) {
            try? await Task.sleep(for: .milliseconds(10))
        }
    }
}
