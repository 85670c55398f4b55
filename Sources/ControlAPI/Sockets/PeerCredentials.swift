import Glibc
import NIOCore

/// Who is at the other end of a Unix socket (SO_PEERCRED; laid out like the kernel's `struct ucred`).
package struct PeerCredentials: Sendable, Hashable {
    package var processID: Int32
    package var userID: UInt32
    package var groupID: UInt32

    package init(processID: Int32, userID: UInt32, groupID: UInt32) {
        self.processID = processID
        self.userID = userID
        self.groupID = groupID
    }

    /// Asks the kernel about a connection.
    package static func ofKernel(_ channel: any Channel) -> EventLoopFuture<PeerCredentials> {
        guard let provider = channel as? any SocketOptionProvider else {
            return channel.eventLoop.makeFailedFuture(ChannelError.operationUnsupported)
        }
        return provider.unsafeGetSocketOption(level: .socket, name: NIOBSDSocket.Option(rawValue: SO_PEERCRED))
    }
}

/// Where the credentials of a connection come from: the kernel, or a test.
package typealias PeerCredentialSource = @Sendable (any Channel) -> EventLoopFuture<PeerCredentials>
