import JSONRPC
import Logging
import NIOCore

/// The first handler of a connection: asks who is there, refuses or lets in, and makes way for the real one.
final class AdmissionHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let admission: Admission
    private let limiter: ConnectionLimiter
    private let ownUserID: UInt32
    private let credentialSource: PeerCredentialSource
    private let logger: Logger
    private let refusals: RefusalLog
    private let admitted: (any Channel, PeerCredentials) throws -> Void

    /// - Parameter admitted: puts the real handler into the pipeline; called on the event loop.
    init(
        admission: Admission, limiter: ConnectionLimiter, ownUserID: UInt32,
        credentialSource: @escaping PeerCredentialSource, logger: Logger, refusals: RefusalLog,
        admitted: @escaping (any Channel, PeerCredentials) throws -> Void
    ) {
        self.admission = admission
        self.limiter = limiter
        self.ownUserID = ownUserID
        self.credentialSource = credentialSource
        self.logger = logger
        self.refusals = refusals
        self.admitted = admitted
    }

    func channelActive(context: ChannelHandlerContext) {
        let channel = context.channel
        credentialSource(channel).hop(to: context.eventLoop).assumeIsolated().whenComplete { result in
            guard channel.isActive else { return }
            switch result {
            case .failure(let error):
                self.logger.error("the credentials of a connection cannot be read: \(error)")
                channel.close(promise: nil)
            case .success(let peer): self.decide(peer, channel)
            }
        }
    }

    private func decide(_ peer: PeerCredentials, _ channel: any Channel) {
        if let refusal = admission.refusal(of: peer, ownUserID: ownUserID) {
            refusals.note("connection refused", of: peer)
            refuse(refusal, channel)
            return
        }
        if let reason = limiter.enter(peer.userID) {
            refusals.note("too many connections: \(reason)", of: peer)
            refuse(ControlError.tooManyConnections(reason), channel)
            return
        }
        let limiter = limiter
        channel.closeFuture.whenComplete { _ in limiter.leave(peer.userID) }
        do {
            try admitted(channel, peer)
            channel.pipeline.syncOperations.removeHandler(
                context: try channel.pipeline.syncOperations.context(handler: self), promise: nil)
        } catch {
            channel.close(promise: nil)
        }
    }

    private func refuse(_ error: JSONRPCError, _ channel: any Channel) {
        let line = JSONRPCRejection(error).response.json.serialized() + [0x0A]
        channel.writeAndFlush(channel.allocator.buffer(bytes: line)).whenComplete { _ in channel.close(promise: nil) }
    }
}

extension AdmissionHandler: RemovableChannelHandler {}
