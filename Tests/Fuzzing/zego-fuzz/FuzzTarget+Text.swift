import Certificates
import ControlAPI
import JSONRPC
import RoomModel
import Transport
import VoiceAudio
import VoiceEngine
import WebRTC

// Texts and files.
extension FuzzTarget {
    /// Lines of the control socket.
    static let json: Run = { bytes in
        var framer = LineFramer(maximumLength: 512)
        // In two portions, cut where the first byte says.
        let cut = min(Int(bytes.first ?? 0), bytes.count)
        var lines = framer.append(UnsafeRawBufferPointer(rebasing: bytes[..<cut]))
        lines += framer.append(UnsafeRawBufferPointer(rebasing: bytes[cut...]))
        lines += framer.finish()
        for case .text(let line) in lines {
            _ = try? JSONRPCInput(parsing: line)
            guard let value = try? JSONValue(parsing: line) else { continue }
            let written = value.serialized()
            demand((try? JSONValue(parsing: written)) == value, "a value is read as it was written")
        }
    }

    static let sdp: Run = { bytes in
        let text = text(bytes)
        _ = try? SDPFragment(text)
        guard let description = try? SessionDescription(text) else { return }
        let written = description.write()
        guard let again = try? SessionDescription(written) else {
            return demand(false, "what we write, we read: \(written)")
        }
        demand(again.write() == written, "and write the same again")
    }

    /// An offer to a server, and its answer.
    static let offer: Run = { bytes in
        let connection = PeerConnection(configuration: serverConfiguration, random: .seeded(1), now: .zero)
        guard let sections = try? connection.applyOffer(text(bytes), now: .zero) else { return }
        var decisions: [String: SectionDecision] = [:]
        for section in sections { decisions[section.mid] = .receive }
        _ = try? connection.answer(decisions, now: .zero)
    }

    static let token: Run = { bytes in
        guard let secret = ServerSecret(String(repeating: "0", count: 32)) else { return }
        _ = try? Token04(reading: text(bytes), secret: secret)
        // Behind the cipher, where only who knows the secret gets.
        var random = RandomSource.seeded(1)
        _ = try? Token04(reading: "04" + text(bytes), secret: secret)
        guard let userID = try? UserID("u"), let appID = try? AppID(1) else { return }
        let token = try? Token04(
            appID: appID, userID: userID, now: 1, lifetimeSeconds: 60, privileges: nil, random: &random)
        guard var sealed = try? token?.sealed(with: secret, random: &random), !bytes.isEmpty else { return }
        let place = sealed.index(sealed.startIndex, offsetBy: Int(bytes[0]) % sealed.count)
        sealed.replaceSubrange(place..., with: text(bytes))
        _ = try? Token04(reading: sealed, secret: secret)
    }

    static let wav: Run = { bytes in
        guard let file = try? WAVFile.parse(Array(bytes)) else { return }
        demand(file.channels > 0 && file.samples.count % file.channels == 0, "whole frames")
    }

    static let toml: Run = { bytes in
        guard let file = try? ConfigurationFile(path: "f", text: text(bytes)) else { return }
        _ = try? DaemonConfiguration(file: file, stateDirectory: "/s")
        _ = try? RoomDaemonConfiguration(file: file)
    }

    /// What a WHIP or WHEP server answers: the first line is a URL, the second the body, the others are fields.
    static let http: Run = { bytes in
        let lines = text(bytes).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if let url = try? HTTPURL(lines.first ?? "") {
            demand(url.userInformation != nil || (try? HTTPURL(url.text)) == url, "a URL is read as it was written")
            for line in lines.dropFirst() { _ = url.resolving(line) }
        }
        let headers = lines.dropFirst(2).compactMap { line -> (name: String, value: String)? in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            return (String(line[..<colon]), String(line[line.index(after: colon)...]))
        }
        let response = EndpointResponse(status: 201, headers: headers, body: lines.dropFirst().first ?? "")
        _ = (
            response.iceServers, response.retryAfter, response.entityTag, response.hasDescription, response.hasFragment
        )
        for line in lines { _ = ICEServerURL(line) }
    }

    static let signaling: Run = { bytes in
        guard let value = try? JSONValue(parsing: Array(bytes)) else { return }
        for method in methods {
            _ = try? SignalingCall(method: method, params: value)
            _ = try? SignalingNotification(method: method, params: value)
        }
    }

    private static let methods = [
        "login", "resume", "logout", "switchRoom", "renewToken", "negotiate", "candidate", "unpublish", "stopPlay",
        "mute",
        "setStreamExtraInfo", "setRoomExtraInfo", "sendBroadcastMessage", "sendBarrageMessage", "sendCustomCommand",
        "ping",
        "userUpdate", "streamUpdate", "onlineUserCount", "streamExtraInfo", "roomExtraInfo", "message",
        "remoteMicState",
        "kickOut", "tokenWillExpire", "publishState", "playState", "reconnect",
    ]

    static let certificate: Run = { bytes in
        _ = try? Certificate.read(pem: Array(bytes))
        guard let certificate = Certificate(der: Array(bytes)) else { return }
        _ = (certificate.hosts, certificate.isFor("localhost"), certificate.isFor("127.0.0.1"))
        do throws(CertificateRejection) {
            try ServerTrust.authorities([certificate]).check([certificate.der], host: "localhost")
        } catch {
            _ = error.description
        }
    }
}
