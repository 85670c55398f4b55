import ControlAPI
import Glibc
import JSONRPC
import Logging
import NIOCore
import NIOPosix
import Synchronization
import Testing

@Suite("Who may connect, and how often")
struct AccessTests {
    @Test("Limits of one user and altogether; four places are kept for root and the daemon's user")
    func limits() {
        let limiter = ConnectionLimiter(limits: .init(total: 10, ofOneUser: 3), ownUserID: 500)
        for _ in 0..<3 { #expect(limiter.enter(1000) == nil) }
        #expect(limiter.enter(1000) != nil)
        for _ in 0..<3 { #expect(limiter.enter(1001) == nil) }
        // Six are open: the last four are not for everybody.
        #expect(limiter.enter(1002) != nil)
        for _ in 0..<2 { #expect(limiter.enter(0) == nil) }
        for _ in 0..<2 { #expect(limiter.enter(500) == nil) }
        #expect(limiter.enter(500) != nil)
        #expect(limiter.count == 10)
        limiter.leave(1000)
        #expect(limiter.enter(500) == nil)
        for _ in 0..<2 { limiter.leave(1000) }
        #expect(limiter.enter(1000) != nil, "eight are open")
        #expect(limiter.count == 8)
    }

    @Test("Over the socket: the 17th connection of a user is refused with a reason, others come in")
    func overTheSocket() async throws {
        let user = Mutex<UInt32>(1000)
        try await ControlFixture.with(adjust: { environment in
            environment.credentialSource = { channel in
                channel.eventLoop.makeSucceededFuture(
                    PeerCredentials(processID: 1, userID: user.withLock { $0 }, groupID: 1))
            }
        }) { fixture in
            var clients: [TestClient] = []
            for _ in 0..<16 {
                let client = try fixture.client()
                _ = try await client.call("hello")
                clients.append(client)
            }
            let refused = try fixture.client()
            let lines = try await refused.remainingLines()
            #expect(lines.count == 1)
            let error = try JSONValue(parsing: lines[0])["error"]
            #expect(error?["code"] == -32001)
            #expect(error?["data"]?["name"] == "TOO_MANY_CONNECTIONS")
            user.withLock { $0 = 1001 }
            #expect(try await fixture.client().call("hello")["result"] != nil)
            user.withLock { $0 = 1000 }
            clients.removeLast()
            try await until("the place is free again") { fixture.control.limiter.count <= 15 }
            #expect(try await fixture.client().call("hello")["result"] != nil)
        }
    }

    @Test("A daemon that stops refuses the requests of those who come now, too")
    func stopping() async throws {
        try await ControlFixture.with { fixture in
            let client = try fixture.client()
            _ = try await client.call("hello")
            fixture.control.refuseRequests()
            try await until("requests are refused") { try await client.call("hello")["error"]?["code"] == -32000 }
            #expect(try await fixture.client().call("hello")["error"]?["code"] == -32000)
        }
    }

    /// What the methods of a test work on: something of which one sees when nobody holds it any more.
    private struct Probe: Sendable {
        final class Token: Sendable {}
        let token: Token
    }

    private final class Released {
        weak var token: Probe.Token?
    }

    @Test("Nothing of a connection is left when it has gone")
    func released() async throws {
        let released = Released()
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        do {
            let directory = try TestDirectory()
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let token = Probe.Token()
            released.token = token
            let method = Method<Probe>("hello", "Answers.") { _ in Reply() }
            let server = SocketServer.lines(
                socket: try .make(path: directory.path + "/s.sock", mode: 0o600), admission: .everyone,
                limits: .control,
                catalogue: Catalogue(methods: [method], logger: logger), context: Probe(token: token), log: nil,
                environment: SocketServer.Environment(group: group, logger: logger))
            try await server.start()
            do {
                let client = try TestClient(directory.path + "/s.sock")
                _ = try await client.call("hello")
            }
            try await until("it has gone") { server.limiter.count == 0 }
            await server.stop()
        }
        try await group.shutdownGracefully()
        try await until("all is let go") { released.token == nil }
    }

    @Test("The kernel's credentials are those of this process")
    func credentials() async throws {
        let seen = Mutex<PeerCredentials?>(nil)
        try await ControlFixture.with(adjust: { environment in
            environment.credentialSource = { channel in
                PeerCredentials.ofKernel(channel).map { credentials in
                    seen.withLock { $0 = credentials }
                    return credentials
                }
            }
        }) { fixture in
            _ = try await fixture.client().call("hello")
            #expect(seen.withLock { $0 } == PeerCredentials(processID: getpid(), userID: geteuid(), groupID: getegid()))
        }
    }

    @Test("The admin socket is for root and the daemon's user")
    func admin() async throws {
        let directory = try TestDirectory()
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let user = Mutex<UInt32>(1000)
        var environment = SocketServer.Environment(group: group, logger: logger)
        environment.ownUserID = 500
        environment.credentialSource = { channel in
            channel.eventLoop.makeSucceededFuture(
                PeerCredentials(processID: 1, userID: user.withLock { $0 }, groupID: 1))
        }
        let server = SocketServer.lines(
            socket: try .make(path: directory.path + "/admin.sock", mode: 0o600), admission: .owner, limits: .control,
            catalogue: .admin(version: "9", logger: logger),
            context: AdminContext(version: "9", server: nil), log: nil,
            environment: environment)
        try await server.start()
        do {
            let refused = try await TestClient(directory.path + "/admin.sock").remainingLines()
            #expect(try JSONValue(parsing: #require(refused.first))["error"]?["code"] == -32001)
            for allowed: UInt32 in [0, 500] {
                user.withLock { $0 = allowed }
                let client = try TestClient(directory.path + "/admin.sock")
                #expect(try await client.call("hello")["result"]?["version"] == "9")
                #expect(try await client.call("app.list")["error"]?["code"] == 1_000_010)
                #expect(try await client.call("rooms", ["appID": 0])["error"]?["code"] == -32602)
            }
        } catch {
            Issue.record(error)
        }
        await server.stop()
        try await group.shutdownGracefully()
    }
}
