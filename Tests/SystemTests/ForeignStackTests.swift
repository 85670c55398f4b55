import StallWatch
import Testing

/// WHIP and WHEP against two more stacks that we did not write: GStreamer's webrtcbin over libnice, and pion.
@Suite("Foreign stacks", .realTime)
struct ForeignStackTests {
    /// A daemon that says a piece of the voice as `stream1`, and what a stack needs to publish and play there.
    private struct Room {
        let place: TemporaryDirectory
        let voice: String
        let daemon: Daemon
        let app: Int
        let base: String

        init() throws {
            place = try TemporaryDirectory()
            voice = try Voice.excerpt(in: place)
            daemon = try Daemon(input: "file:\(voice)")
            try daemon.login("room1", as: "user1")
            try daemon.control().call("setAudioConfig", ["bitrateKbps": 64])
            try daemon.control().call("startPublishing", ["streamID": "stream1", "wait": 20])
            app = try daemon.asServer().application.id
            base = "http://127.0.0.1:\(try daemon.serverPort())"
        }

        func token(_ user: String) throws -> String {
            try Command.demand(
                [Programs.zegoctl, "--socket", daemon.controlSocket, "token", "--user", user, "--room", "room1"]
            ).trimmed
        }

        /// Starts a peer of WHIP (publishing `encoder1`) or WHEP (playing `stream1`).
        func start(_ kind: String, _ command: [String], file: String, environment: [String: String] = [:]) throws
            -> ChildProcess
        {
            let url = kind == "whip" ? "\(base)/whip/\(app)/room1/encoder1" : "\(base)/whep/\(app)/stream1"
            return try ChildProcess(
                command + [kind, url, file, "\(Voice.recordingSeconds)"], output: place.file("\(kind).out"),
                environment: environment.merging(["TOKEN": try token(kind)]) { $1 })
        }

        /// What a peer says at its end.
        func end(_ peer: ChildProcess) throws -> JSON {
            let status = try peer.wait(upTo: 60)
            guard status == 0, let line = peer.output.split(separator: "\n").last else {
                throw WaitedInVain(description: "\(peer.name) ended with \(status): \(peer.output)")
            }
            let report = try JSON(line: String(line))
            #expect(report["post"].integer == 201 && report["delete"].integer == 200)
            #expect(report["deleteAgain"].integer == 404)
            return report
        }

        /// Both directions at once, judged by what the daemon and what the player recorded.
        func call(
            publisher: ChildProcess, player: ChildProcess, played: (Room) throws -> String
        ) throws -> (publisher: JSON, player: JSON) {
            try daemon.control().call(
                "startPlaying",
                [
                    "streamID": "encoder1", "sink": ["file": "heard.wav"], "wait": 20,
                    "bufferRange": ["minMs": 200, "maxMs": 1000],
                ])
            let reports = (try end(publisher), try end(player))
            try daemon.control().call("stopPlaying", ["streamID": "encoder1"])
            let said = try SoundJudge.hear(reference: voice, recording: daemon.media("heard.wav"))
            let heard = try SoundJudge.hear(reference: voice, recording: try played(self))
            print("measured: \(publisher.name) by WHIP, heard by zegod: \(said)")
            print("measured: zegod, heard by \(player.name) by WHEP: \(heard)")
            for judgement in [said, heard] {
                let isWell = judgement.found && judgement.recognised >= 0.9 && abs(judgement.levelDecibel) < 3
                #expect(isWell, "\(judgement)")
            }
            #expect(!daemon.log.contains("04AAAA"), "a token is in the log")
            return reports
        }
    }

    @Test(
        "GStreamer publishes by WHIP and plays by WHEP", .enabled(if: Machine.runsGStreamer), .timeLimit(.minutes(3)))
    func gstreamer() throws {
        let room = try Room()
        let peer = [Machine.debianPython, "\(Programs.tools)/gstreamer_peer.py"]
        let player = try room.start("whep", peer, file: room.place.file("heard.wav"))
        let publisher = try room.start("whip", peer, file: room.voice)
        let reports = try room.call(publisher: publisher, player: player) { $0.place.file("heard.wav") }
        #expect((reports.publisher["outbound-rtp.packets-sent"].integer ?? 0) > 300)
        #expect((reports.player["inbound-rtp.packets-received"].integer ?? 0) > 300)
        #expect(reports.player["inbound-rtp.packets-lost"].integer == 0)
    }

    @Test(
        "pion publishes by WHIP and plays by WHEP, with one SRTP profile each", .enabled(if: Machine.runsPion),
        .timeLimit(.minutes(4)))
    func pion() throws {
        let program = try PionPeer.build()
        let room = try Room()
        let frames = room.place.file("voice.opus-frames")
        func convert(_ how: String, _ from: String, _ to: String) throws {
            try Command.demand([Programs.python, "\(Programs.tools)/opus_frames.py", how, from, to])
        }
        try convert("encode", room.voice, frames)
        let heard = room.place.file("heard.opus-frames")
        let player = try room.start("whep", [program], file: heard, environment: ["PROFILE": "gcm"])
        let publisher = try room.start("whip", [program], file: frames, environment: ["PROFILE": "cm"])
        let reports = try room.call(publisher: publisher, player: player) { room in
            try convert("decode", heard, room.place.file("heard.wav"))
            return room.place.file("heard.wav")
        }
        #expect((reports.publisher["packets"].integer ?? 0) > 300)
        #expect((reports.publisher["feedback"].integer ?? 0) > 30, "transport-wide feedback to pion")
        #expect((reports.player["packets"].integer ?? 0) > 300)
        #expect(reports.player["lost"].integer == 0)
    }
}

extension Machine {
    /// Debian's own Python, which python3-gi belongs to.
    static let debianPython = "/usr/bin/python3"

    static let runsGStreamer = can(
        "run GStreamer's webrtcbin (gstreamer1.0-plugins-bad, gstreamer1.0-nice, python3-gi, gir1.2-gst-plugins-bad-1.0)"
    ) {
        let probe = """
            import gi
            gi.require_version("GstWebRTC", "1.0")
            from gi.repository import Gst, GstWebRTC
            Gst.init(None)
            assert all(Gst.ElementFactory.find(name) for name in ("webrtcbin", "nicesrc", "opusenc", "rtpopuspay", "wavenc"))
            """
        return try Command.run([debianPython, "-c", probe]).status == 0
    }

    static let runsPion = can("build a peer on pion (golang-go, golang-github-pion-webrtc.v3-dev)") {
        try Command.run(["go", "version"]).status == 0 && Files.exists("/usr/share/gocode/src/github.com/pion/webrtc")
    }
}
