import Glibc
import Testing

/// How daemons leave, and who notices.
@Suite("Leaving")
struct LeavingTests {
    @Test("SIGTERM: out of the room and gone within 5 s, and the other hears of it", .timeLimit(.minutes(2)))
    func terminated() throws {
        let first = try Daemon()
        let second = try Daemon(server: try first.asServer())
        let events = try first.events()
        try first.login("room1", as: "user1")
        try second.login("room1", as: "user2")
        try second.control().call("startPublishing", ["streamID": "stream2", "wait": 20])
        try events.next("stream-update") { $0["updateType"].string == "add" }

        let told = monotonicSeconds()
        second.process.send(SIGTERM)
        let left = try events.next("user-update", upTo: 5) { $0["updateType"].string == "delete" }
        #expect(left["userList"][0]["userID"].string == "user2")
        #expect(try second.process.wait(upTo: 5) == 0)
        #expect(monotonicSeconds() - told < 5)
        #expect(!Files.exists(second.controlSocket), "its sockets go with it")
    }

    @Test("SIGTERM of the daemon with the embedded server: within 5 s too", .timeLimit(.minutes(2)))
    func terminatedServer() throws {
        let first = try Daemon()
        let second = try Daemon(server: try first.asServer())
        try first.login("room1", as: "user1")
        try second.login("room1", as: "user2")
        try first.control().call("startPublishing", ["streamID": "stream1", "wait": 20])
        let events = try second.events()
        first.process.send(SIGTERM)
        #expect(try first.process.wait(upTo: 5) == 0)
        try events.next("room-state", upTo: 20) { $0["reason"].string == "reconnecting" }
    }

    @Test("kill -9: the other sees it within the departure time-out", .timeLimit(.minutes(2)))
    func killed() throws {
        let first = try Daemon(serverKeys: "departure_timeout_s = 4")
        let second = try Daemon(server: try first.asServer())
        let events = try first.events()
        try first.login("room1", as: "user1")
        try second.login("room1", as: "user2")
        try events.next("user-update") { $0["updateType"].string == "add" }
        second.process.send(SIGKILL)
        let left = try events.next("user-update", upTo: 4 + 3) { $0["updateType"].string == "delete" }
        #expect(left["userList"][0]["userID"].string == "user2")
    }

    @Test("a second daemon on live sockets is refused, and the first goes on", .timeLimit(.minutes(2)))
    func refusedOnLiveSockets() throws {
        let first = try Daemon()
        let second = try Daemon.start(in: first.directory)
        let status = try second.wait(upTo: 10)
        #expect(status != 0)
        #expect(status < 128, "it says no, it does not crash")
        try first.control().call("hello")
        #expect(try first.status()["instance"].string?.isEmpty == false)
    }

    @Test("sockets left behind by kill -9 are taken over", .timeLimit(.minutes(2)))
    func takenOverAfterKill() throws {
        let first = try Daemon()
        first.process.send(SIGKILL)
        try first.process.wait(upTo: 5)
        #expect(Files.exists(first.controlSocket))
        let again = try Daemon.start(in: first.directory)
        try waitUntil(upTo: 20, for: "the next daemon to answer", instead: { again.output }) {
            try? first.control().call("hello", upTo: 2)
        }
        again.stop()
    }
}
