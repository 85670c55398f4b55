import ControlAPI
import JSONRPC
import Logging
import RoomModel
import Testing
import VoiceEngine

/// The catalogue is the one place where methods, parameters, errors and events are declared: what is made from it says all
/// of it, and what the daemon does is in it.
@Suite("The catalogue")
struct CatalogueTests {
    private static let logger = Logger(label: "t") { _ in SwiftLogNoOpLogHandler() }
    private static let control = Catalogue.control(version: "1", logger: logger)
    private static let admin = Catalogue.admin(version: "1", logger: logger)

    @Test("The manual page tells of every method, parameter, error and event")
    func manual() {
        let page = CatalogueManual.page().replacing("\\-", with: "-").replacing("\\e", with: "\\")
        let lines = Set(page.split(separator: "\n"))
        let methods =
            Self.control.methods.map { ($0.name, $0.parameters, $0.errors) }
            + Self.admin.methods.map { ($0.name, $0.parameters, $0.errors) }
        for (name, parameters, errors) in methods {
            #expect(lines.contains(".SS \"\(name)\""))
            for row in parameters.flatMap({ $0.rows(path: "") }) {
                #expect(lines.contains(".B \(row.term)"), "\(name)")
            }
            for error in errors { #expect(lines.contains(".B \(error.code)"), "\(name)") }
        }
        for event in EventDescription.all {
            #expect(lines.contains(".B \(event.name)"))
            for field in event.fields { #expect(page.contains(field), "\(event.name)") }
        }
        for error in ErrorDescription.standard { #expect(lines.contains(".B \(error.code)")) }
        for line in lines { #expect(line.hasPrefix(".") || !line.hasPrefix("'"), "no request by mistake: \(line)") }
    }

    @Test("Every event that an engine raises is in the catalogue with its fields")
    func events() throws {
        let user = User(userID: try UserID("u"))
        let stream = StreamDescription(streamID: try StreamID("s"), user: user)
        let player = PlayerQuality(
            kbps: 1, rttMs: 1, packetLostRate: 0, concealedRate: 0, jitterBufferMs: 1, endToEndMs: 1, mos: 4)
        let raised: [EngineEvent] = [
            .engineState(state: .running, errorCode: 0),
            .roomState(roomID: "r", reason: .logined, errorCode: 0, extendedData: [:]),
            .userUpdate(roomID: "r", updateType: .add, userList: [user]), .onlineUserCount(roomID: "r", count: 1),
            .streamUpdate(roomID: "r", updateType: .add, streamList: [stream], extendedData: [:]),
            .publisherState(streamID: "s", state: .publishing, errorCode: 0, extendedData: [:]),
            .playerState(streamID: "s", state: .playing, errorCode: 0, extendedData: [:]),
            .publisherFirstFrame(streamID: "s", elapsedMs: 1), .playerFirstFrame(streamID: "s", elapsedMs: 1),
            .publisherQuality(streamID: "s", quality: PublisherQuality(kbps: 1, rttMs: 1, packetLostRate: 0)),
            .playerQuality(streamID: "s", quality: player),
            .networkQuality(userID: "", upstream: .good, downstream: .good), .soundLevel(captured: 1, remote: [:]),
            .remoteMicState(streamID: "s", state: .mute),
            .deviceState(type: .input, deviceID: "d", state: "lost", errorCode: 1, message: "m"),
            .recordingState(path: "a.wav", type: .mix, state: .started, errorCode: 0),
            .streamExtraInfo(roomID: "r", streamList: [stream]), .roomExtraInfo(roomID: "r", roomExtraInfoList: []),
            .tokenWillExpire(roomID: "r", remainSeconds: 30), .audioThread(problem: "recovered", counts: [:]),
            .debugError(code: 1, function: "f", info: "i"),
        ]
        for event in raised {
            let described = try #require(EventDescription.all.first { $0.name == event.name }, "\(event.name)")
            #expect(event.fields.map(\.0) == described.fields, "\(event.name)")
            #expect(event.isVolatile == described.isVolatile, "\(event.name)")
        }
        #expect(Set(EventDescription.all.map(\.name)).count == EventDescription.all.count)
    }

    @Test("rpc.discover has what the catalogue has, the standard errors and the events too")
    func document() throws {
        let document = Self.control.openRPC(title: "t", version: "1", events: EventDescription.all)
        #expect(document["methods"]?.array?.count == Self.control.methods.count)
        #expect(document["x-events"]?.array?.count == EventDescription.all.count)
        #expect(document["x-errors"]?.array?.count == ErrorDescription.standard.count)
    }

    @Test("Help: summary, parameters with their members, errors, and an example that the catalogue accepts")
    func help() throws {
        let help = try #require(MethodParameters.help("loginRoom"))
        for word in [
            "Enters a room", "user.userID", "config.isUserStatusNotify", "1002033", "default 20", "zegoctl call",
        ] {
            #expect(help.contains(word), "\(help)")
        }
        #expect(MethodParameters.help("startPlayingStream")?.contains("Also called startPlayingStream") == true)
        #expect(MethodParameters.help("token.create") != nil)
        #expect(MethodParameters.help("nothing") == nil)
        #expect(MethodParameters.suggestion(for: "loginRom") == "loginRoom")
        for name in MethodParameters.names {
            let (_, parameters) = try #require(MethodParameters.find(name))
            let help = try #require(MethodParameters.help(name))
            let example = try #require(
                help.split(separator: "\n").last?.split(separator: " ").dropFirst(4).map(String.init))
            let params = try CallArguments.params(example, parameters: parameters)
            #expect(throws: Never.self) { try Schema.check(params, members: parameters, path: "") }
        }
    }

    @Test("Completion knows the keys of every method as the command line takes them")
    func keys() {
        #expect(MethodParameters.keys(of: "loginRoom").contains("user.userID="))
        #expect(MethodParameters.keys(of: "muteMicrophone") == ["mute="])
        #expect(MethodParameters.keys(of: "hello") == ["client="])
        #expect(MethodParameters.keys(of: "nothing").isEmpty)
        #expect(Set(MethodParameters.names).count == MethodParameters.names.count)
    }
}
