import Glibc
import JSONRPC

/// Who may connect to a socket, beyond what its file mode says.
package enum Admission: Sendable {
    /// Everybody whom the file mode lets through.
    case everyone
    /// Root and the user that the daemon runs as.
    case owner

    /// Why this peer is refused; nil when it is welcome.
    func refusal(of peer: PeerCredentials, ownUserID: UInt32) -> JSONRPCError? {
        switch self {
        case .everyone: return nil
        case .owner:
            guard peer.userID != 0, peer.userID != ownUserID else { return nil }
            return ControlError.notPermitted(
                "this socket is for root and the daemon's user", hint: "run the command with sudo")
        }
    }
}
