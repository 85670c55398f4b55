import JSONRPC
import RoomModel

/// Tells from what is known of a daemon what is wrong with it, and which command mends it. Values in, findings out: who gathers
/// the values is the command line.
package enum Diagnosis {
    /// Why the control socket cannot be reached.
    package enum SocketTrouble: Sendable, Equatable {
        case missing
        case forbidden
        case nobodyListens
        case noAnswer
    }

    /// How the room server's TCP port answers.
    package enum ServerReach: Sendable, Equatable {
        case answers
        case unknownHost
        case refused
        case noAnswer
    }

    // MARK: The socket

    /// - Parameters:
    ///   - isMemberElsewhere: whether the user is in the group already, but this login began before.
    package static func socket(
        _ path: String, _ trouble: SocketTrouble, user: String, isMemberElsewhere: Bool, hasUnit: Bool
    ) -> Finding {
        switch trouble {
        case .missing:
            Finding(
                .problem, "daemon", "it does not run: there is no socket \(path)",
                fix: hasUnit
                    ? "sudo systemctl enable --now zegod" : "zegod --user (in the background), or install the service")
        case .forbidden:
            isMemberElsewhere
                ? Finding(
                    .problem, "socket permission",
                    "\(user) is in group zegod, but this login began before that",
                    fix: "log out and in again, or: newgrp zegod")
                : Finding(
                    .problem, "socket permission", "\(user) may not use \(path)",
                    fix: "sudo usermod -aG zegod,zegod-events \(user), then log in anew")
        case .nobodyListens:
            Finding(
                .problem, "daemon", "nobody listens at \(path): the daemon has ended without an order",
                fix: hasUnit ? "sudo systemctl restart zegod; journalctl -u zegod -n 50" : "start zegod again")
        case .noAnswer:
            Finding(
                .problem, "daemon", "\(path) does not answer: the daemon hangs or is starting",
                fix: hasUnit
                    ? "journalctl -u zegod -n 50; sudo systemctl restart zegod"
                    : "look at its log; kill and start it again")
        }
    }

    // MARK: What the status tells

    /// The engine, its rooms, and the path to the room server.
    package static func call(_ status: JSONValue, reach: ServerReach?) -> [Finding] {
        let engine = status["engine"]
        guard engine?["state"] == "running" else {
            return [
                Finding(
                    .problem, "engine",
                    "there is none (\(EventText.plain(engine?["state"]))): no application is configured, or it was destroyed",
                    fix: "zegoctl call createEngine, and engine.app_id with engine.app_sign in zegod.toml")
            ]
        }
        var findings: [Finding] = []
        let server = EventText.plain(engine?["server"])
        if let reach { findings.append(serverFinding(server, reach)) }
        let rooms = status["rooms"]?.array ?? []
        for room in rooms { findings.append(roomFinding(room, server: server)) }
        if rooms.isEmpty { findings.append(Finding(.ok, "rooms", "the engine is in none")) }
        for (list, noun) in [("publishers", "publishing"), ("players", "playing")] {
            for stream in status[list]?.array ?? [] {
                guard let code = stream["errorCode"]?.integer, code != 0 else { continue }
                findings.append(
                    Finding(
                        .problem, "stream \(EventText.plain(stream["streamID"]))",
                        "\(noun) failed: \(ErrorWords.text(of: Int(code)))", fix: ErrorWords.hint(for: Int(code))))
            }
        }
        if let finding = mediaFinding(status, server: server) { findings.append(finding) }
        return findings
    }

    private static func serverFinding(_ server: String, _ reach: ServerReach) -> Finding {
        switch reach {
        case .answers: Finding(.ok, "room server", "\(server) answers")
        case .unknownHost:
            Finding(
                .problem, "room server", "the name in \(server) is not known",
                fix: "correct engine.server in zegod.toml, or the name server: getent hosts NAME")
        case .refused:
            Finding(
                .problem, "room server", "nobody listens at \(server)",
                fix:
                    "on that machine: systemctl status zegod zego-roomd, and [server] listen = \"0.0.0.0\" in its configuration"
            )
        case .noAnswer:
            Finding(
                .problem, "room server", "\(server) does not answer: a firewall, or the machine is off",
                fix: "open TCP and UDP port \(port(of: server)) there: sudo ufw allow \(port(of: server))")
        }
    }

    private static func roomFinding(_ room: JSONValue, server: String) -> Finding {
        let name = EventText.plain(room["roomID"])
        let reason = EventText.plain(room["reason"])
        let code = Int(room["errorCode"]?.integer ?? 0)
        let user = EventText.plain(room["user"]?["userID"])
        switch ZegoErrorCode(rawValue: code) {
        case .tokenExpired, .tokenExpiredKickedOut:
            return Finding(
                .problem, "token", "the token for room \(name) has expired",
                fix:
                    "on the room server: zegoctl token --user \(user) --room \(name); then log in with it as config.token"
            )
        case .authenticationFailed, .appSignIncorrect, .appIDIncorrect:
            return Finding(
                .problem, "room \(name)", "the room server refuses this application: \(ErrorWords.text(of: code))",
                fix: "on the room server: zegoctl app show; put its app_id and app_sign into [engine] of zegod.toml")
        default: break
        }
        switch reason {
        case "logined", "reconnected": return Finding(.ok, "room \(name)", "in it as \(user)")
        case "logining", "reconnecting":
            return Finding(
                .problem, "room \(name)",
                "\(reason): there is no session with \(server)\(code == 0 ? "" : " (\(code))")",
                fix: "zegoctl events --event 'room-*' shows when it comes; journalctl -u zegod -n 50 why it does not")
        default:
            return Finding(
                code == 0 ? .ok : .problem, "room \(name)",
                "\(reason)\(code == 0 ? "" : ": \(ErrorWords.text(of: code))")",
                fix: code == 0 ? nil : ErrorWords.hint(for: code))
        }
    }

    /// In a room, and no path for the sound.
    private static func mediaFinding(_ status: JSONValue, server: String) -> Finding? {
        let isInRoom = (status["rooms"]?.array ?? []).contains { ["logined", "reconnected"].contains($0["reason"]) }
        guard isInRoom, let ice = status["network"]?["ice"]?.string else { return nil }
        guard ice != "connected" else {
            return Finding(
                .ok, "media path",
                "\(EventText.plain(status["network"]?["local"])) to \(EventText.plain(status["network"]?["remote"]))")
        }
        let port = port(of: server)
        return Finding(
            .problem, "media path",
            "signalling works and UDP does not (\(ice)): something between here and the room server blocks UDP port \(port)",
            fix: "on the room server: sudo ufw allow \(port)/udp; behind a NAT: [server] advertise, or a TURN server")
    }

    private static func port(of server: String) -> String {
        let authority = server.split(separator: "/").last ?? ""
        let port = authority.split(separator: ":").last ?? ""
        return port.allSatisfy(\.isNumber) && !port.isEmpty ? String(port) : server.hasPrefix("wss") ? "443" : "8790"
    }

    // MARK: Sound

    /// The two devices.
    ///
    /// - Parameters:
    ///   - hasCards: whether the kernel knows a sound card.
    ///   - holders: programs that have a sound device open, by name.
    package static func devices(_ status: JSONValue, hasCards: Bool, holders: [String]) -> [Finding] {
        ["input", "output"].compactMap { type in
            guard let device = status["audio"]?[type] else { return nil }
            let name = EventText.plain(device["deviceID"])
            let code = Int(device["errorCode"]?.integer ?? 0)
            guard code != 0 else {
                return Finding(.ok, "\(type) device", "\(name) \(EventText.plain(device["state"]))")
            }
            let choose = "zegoctl call useAudioDevice type=\(type) deviceID="
            switch ZegoErrorCode(rawValue: code) {
            case .deviceInUse:
                let who = holders.isEmpty ? "another program" : holders.joined(separator: ", ")
                return Finding(
                    .problem, "\(type) device", "\(name) is held by \(who)",
                    fix: "end it (fuser -v /dev/snd/*), or share the card: \(choose)default")
            case .deviceNoAuthorization:
                return Finding(
                    .problem, "\(type) device", "the daemon's user may not open \(name)",
                    fix: "sudo usermod -aG audio zegod; sudo systemctl restart zegod")
            default:
                return hasCards
                    ? Finding(
                        .problem, "\(type) device", "\(name) does not open: \(ErrorWords.text(of: code))",
                        fix: "zegoctl devices lists those that exist; \(choose)NAME")
                    : Finding(
                        .problem, "\(type) device", "\(name) does not open: this machine has no sound card",
                        fix: "plug one in (it is taken up by itself), or: \(choose)null")
            }
        }
    }

    /// The audio thread's priority.
    ///
    /// - Parameter limit: the daemon's RLIMIT_RTPRIO; nil when it is not known.
    package static func realtime(_ status: JSONValue, limit: Int?, hasUnit: Bool) -> Finding? {
        guard let isRealtime = status["audio"]?["realtime"]?.bool else { return nil }
        guard !isRealtime else { return Finding(.ok, "realtime", "the audio thread runs under SCHED_FIFO") }
        guard let limit, limit > 0 else {
            return Finding(
                .warning, "realtime",
                "the audio thread has no realtime priority (its limit is \(limit.map(String.init) ?? "not known")): sound may break up under load",
                fix: hasUnit
                    ? "sudo systemctl edit zegod: [Service] LimitRTPRIO=80; sudo systemctl restart zegod"
                    : "echo '@audio - rtprio 80' | sudo tee /etc/security/limits.d/zegod.conf, then log in anew")
        }
        return Finding(
            .warning, "realtime",
            "the audio thread has no realtime priority though its limit is \(limit): the kernel refuses it in this control group",
            fix: "sudo sysctl kernel.sched_rt_runtime_us=-1, or audio.realtime_priority = 0 if that is wanted")
    }

    // MARK: The machine

    /// The clock: tokens and certificates are judged by it.
    ///
    /// - Parameters:
    ///   - now: seconds since 1970.
    ///   - isSynchronised: whether the kernel's clock is; nil when it is not known.
    package static func clock(now: Int64, isSynchronised: Bool?) -> Finding {
        // 2025-01-01: before this program was made.
        if now < 1_735_689_600 {
            return Finding(
                .problem, "clock", "it stands before the year 2025: tokens and certificates are refused",
                fix: "sudo timedatectl set-ntp true, or: sudo date -s 'YYYY-MM-DD HH:MM'")
        }
        if isSynchronised == false {
            return Finding(
                .warning, "clock", "no time server keeps it: tokens and certificates are judged by it",
                fix: "sudo timedatectl set-ntp true")
        }
        return Finding(.ok, "clock", isSynchronised == nil ? "plausible" : "kept by a time server")
    }

    /// The disk of the state directory.
    package static func disk(freeBytes: UInt64?, path: String) -> Finding? {
        guard let freeBytes else { return nil }
        guard freeBytes < 16 << 20 else { return nil }
        return Finding(
            .problem, "disk", "\(path) has \(freeBytes >> 20) MB left: what is asked for is not kept, recordings end",
            fix: "df -h \(path); sudo du -xh \(path) | sort -h | tail")
    }
}
