import ControlAPI
import Glibc
import Testing

@Suite("Sockets of the runtime directory")
struct ListeningSocketTests {
    private func mode(_ path: String) -> mode_t {
        var status = stat()
        guard lstat(path, &status) == 0 else { return 0 }
        return status.st_mode & 0o777
    }

    @Test("Made with the modes of the contract, and taken by path when they were inherited")
    func modes() throws {
        let directory = try TestDirectory()
        let sockets = try DaemonSockets(runtimeDirectory: directory.path, hasEngine: true, inherited: [])
        #expect(mode(directory.path + "/control.sock") == 0o660)
        #expect(mode(directory.path + "/events.sock") == 0o660)
        #expect(mode(directory.path + "/admin.sock") == 0o600)
        let inherited = try #require(sockets.control)
        let descriptors = ListeningSocket.inherited(0..<256).filter { $0.path.hasPrefix(directory.path) }
        #expect(Set(descriptors.map(\.path)).count == 3)
        #expect(!descriptors.contains { !$0.isInherited })
        #expect(!inherited.isInherited)
    }

    @Test("All inherited: no lock is needed, and nothing is made")
    func inherited() throws {
        let directory = try TestDirectory()
        let first = try DaemonSockets(runtimeDirectory: directory.path, hasEngine: true, inherited: [])
        let passed = ListeningSocket.inherited(0..<256).filter { $0.path.hasPrefix(directory.path) }
        // The first set still holds the lock, so a second one can only come about without it.
        let second = try DaemonSockets(runtimeDirectory: directory.path, hasEngine: true, inherited: passed)
        #expect(second.admin.isInherited)
        #expect(first.control?.isInherited == false)
    }

    @Test("A second daemon is refused while the first one lives, and the message says what to do")
    func takeover() throws {
        let directory = try TestDirectory()
        let first = try DaemonSockets(runtimeDirectory: directory.path, hasEngine: true, inherited: [])
        let error = #expect(throws: SocketError.self) {
            try DaemonSockets(runtimeDirectory: directory.path, hasEngine: true, inherited: [])
        }
        #expect(error?.description.contains("process \(getpid())") == true)
        #expect(error?.description.contains("--runtime-dir") == true)
        #expect(first.control != nil)
    }

    @Test("A live socket is never replaced, even without the lock; one that nobody listens on is")
    func replacement() throws {
        let directory = try TestDirectory()
        let path = directory.path + "/control.sock"
        let live = try ListeningSocket.make(path: path, mode: 0o660)
        #expect(throws: SocketError.self) { try ListeningSocket.make(path: path, mode: 0o660) }
        #expect(live.path == path)

        let stale = directory.path + "/stale.sock"
        var address = try UnixAddress.make(stale)
        let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
        #expect(UnixAddress.with(&address) { bind(descriptor, $0, $1) } == 0)
        close(descriptor)
        #expect(try ListeningSocket.make(path: stale, mode: 0o600).path == stale)
    }

    @Test("What is not a socket is left alone")
    func regularFile() throws {
        let directory = try TestDirectory()
        let path = try directory.write("control.sock", "precious")
        #expect(throws: SocketError.self) { try ListeningSocket.make(path: path, mode: 0o660) }
        #expect(access(path, F_OK) == 0)
        #expect(throws: SocketError.self) { try UnixAddress.make("/tmp/" + String(repeating: "x", count: 200)) }
    }
}
