/// A session of WHIP or WHEP that a test has opened.
struct WHIPTestSession {
    let rig: WHIPRig
    let path: String
    let token: String
    let entityTag: String
    let answer: String

    func patch(
        _ fragment: String, ifMatch: String?, type: String? = "application/trickle-ice-sdpfrag"
    ) async throws -> HTTPReply {
        try await rig.send(
            "PATCH", path, token: token, type: type, body: fragment, headers: ifMatch.map { [("If-Match", $0)] } ?? [])
    }

    func delete(headers: [(String, String)] = []) async throws -> HTTPReply {
        try await rig.send("DELETE", path, token: token, headers: headers)
    }
}
