import Logging
import NIOCore

extension SocketServer {
    /// The control socket: JSON-RPC for members of group zegod.
    package static func control(
        socket: ListeningSocket, context: ControlContext, environment: Environment
    ) -> SocketServer {
        let catalogue = Catalogue.control(version: context.status.version, logger: environment.logger)
        return lines(
            socket: socket, admission: .everyone, limits: context.connectionLimits, catalogue: catalogue,
            context: context, log: context.status.log, environment: environment)
    }

    /// A socket of the line protocol.
    ///
    /// - Parameter log: gives `seq` to results; nil on a socket without events.
    package static func lines<Context: Sendable>(
        socket: ListeningSocket, admission: Admission, limits: ConnectionLimiter.Limits,
        catalogue: Catalogue<Context>, context: Context, log: EventLog?, environment: Environment
    ) -> SocketServer {
        SocketServer(socket: socket, admission: admission, limits: limits, environment: environment) { server, peer in
            LineConnection(
                catalogue: catalogue, context: context, log: log, limits: environment.limits, credentials: peer,
                logger: environment.logger, began: server.connectionBegan, ended: server.connectionEnded)
        }
    }

    /// The event socket: lines to read.
    package static func events(
        socket: ListeningSocket, status: DaemonStatus, limits: ConnectionLimiter.Limits, environment: Environment
    ) -> SocketServer {
        SocketServer(socket: socket, admission: .everyone, limits: limits, environment: environment) { server, peer in
            EventConnection(
                status: status, limits: environment.limits, credentials: peer, logger: environment.logger,
                began: server.connectionBegan, ended: server.connectionEnded)
        }
    }
}
