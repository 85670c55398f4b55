import RoomServer
import Testing

@Suite("ICE-TCP at the server's port: what is none ends")
struct ICETCPServerTests {
    /// A length and the head of a binding request of that length.
    private static let beginning: [UInt8] = [0, 40, 0, 1, 0, 20, 0x21, 0x12, 0xA4, 0x42]

    @Test("half a frame and then silence: closed when a stranger's time is over")
    func halfOpen() async throws {
        try await RoomServerRig.run(limits: ConnectionLimits(unauthenticatedTimeoutMs: 300)) { _, port in
            let connection = try await RawTestConnection.connect(port: port)
            connection.send(Self.beginning)
            #expect(try await connection.everything() == "")
        }
    }

    @Test("a frame that names nobody is closed at once")
    func nobody() async throws {
        try await RoomServerRig.run { _, port in
            let connection = try await RawTestConnection.connect(port: port)
            connection.send(Self.beginning + [UInt8](repeating: 0, count: 32))
            #expect(try await connection.everything() == "")
        }
    }
}
