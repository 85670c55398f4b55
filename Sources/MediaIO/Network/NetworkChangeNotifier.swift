import CSockets
import Glibc

/// Tells that an interface or an address came, went or changed (rtnetlink): reason to gather candidates anew.
package final class NetworkChangeNotifier: Sendable {
    /// Readable when something changed: watch it on a ``MediaLoop`` and call ``take()``.
    package let descriptor: Int32

    /// Throws ``SocketError`` where netlink is forbidden (some sandboxes): ask ``NetworkInterfaces`` at intervals then.
    package init() throws(SocketError) {
        descriptor = csockets_open_network_changes()
        guard descriptor >= 0 else { throw SocketError("netlink socket") }
    }

    deinit {
        close(descriptor)
    }

    /// Takes what was pending; whether anything was.
    @discardableResult
    package func take() -> Bool {
        csockets_drain(descriptor) > 0
    }
}
