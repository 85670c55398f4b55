import JSONRPC
import Logging
import RoomModel
import VoiceEngine

/// Takes up again after a start what the callers had asked for before it.
package struct Restorer: Sendable {
    /// The connection of calls that nobody made.
    private struct Nobody: ConnectionFace {
        var credentials: PeerCredentials? { nil }
        var wake: @Sendable () -> Void { {} }
    }

    private let keeper: CallKeeper
    private let catalogue: Catalogue<ControlContext>
    private let context: ControlContext
    private let logger: Logger

    package init(
        keeper: CallKeeper, catalogue: Catalogue<ControlContext>, context: ControlContext, logger: Logger
    ) {
        self.keeper = keeper
        self.catalogue = catalogue
        // What is taken up again is kept already.
        var context = context
        context.keeper = nil
        self.context = context
        self.logger = logger
    }

    /// Makes the settings and begins to enter the rooms, without waiting for anything.
    ///
    /// - Returns: what keeps the daemon in the rooms: of `[[join]]`, which go first, and those that are taken up again. Each
    ///   has to be run.
    package func begin(joins: [DaemonConfiguration.Join], retryInterval: Duration = .seconds(60)) async -> [Joiner] {
        guard let engine = context.engines.snapshot else {
            if !keeper.calls.isEmpty { logger.warning("there is no engine: nothing is taken up again") }
            return joins.map { joiner($0, retryInterval) }
        }
        keeper.edit { calls in
            calls.yield(
                toRooms: joins.map(\.roomID), users: Set(joins.map(\.user.userID.rawValue)),
                publishesMain: joins.contains { $0.publish != nil }, isSingleRoom: engine.roomMode == .single)
        }
        let calls = keeper.calls
        for setting in calls.settings { await make(setting) }
        for recording in calls.recordings { await make(recording) }
        for stream in calls.endpointStreams { await make(stream) }
        var joiners = joins.map { joiner($0, retryInterval) }
        for (roomID, login) in calls.rooms {
            let joiner = Joiner(
                restored: roomID, log: context.log, logger: logger, retryInterval: retryInterval,
                isWanted: { keeper.calls.hasRoom(roomID) }, login: { try await call(login) },
                streams: { await takeUpStreams(of: roomID) })
            await joiner.begin()
            joiners.append(joiner)
        }
        if !calls.rooms.isEmpty {
            logger.notice("taken up again", metadata: ["rooms": "\(calls.rooms.map(\.roomID).joined(separator: ", "))"])
        }
        return joiners
    }

    private func joiner(_ join: DaemonConfiguration.Join, _ retryInterval: Duration) -> Joiner {
        Joiner(
            join, log: context.log, engines: context.engines, logger: logger, retryInterval: retryInterval,
            isWanted: { !keeper.wasLeft(join.roomID) }, streams: { await takeUpStreams(of: join.roomID) })
    }

    private func takeUpStreams(of roomID: String) async {
        for stream in keeper.calls.streams(in: roomID) { await make(stream) }
    }

    /// Makes a call; a failure is logged.
    private func make(_ remembered: RememberedCalls.Call) async {
        do {
            try await call(remembered)
            if catalogue.method(named: remembered.method)?.memory == .plays,
                let streamID = remembered.params["streamID"]?.string
            {
                keeper.playedAgain(streamID)
            }
        } catch {
            // The message and nothing of the parameters: they may be secret.
            logger.warning("\(remembered.method) cannot be taken up again: \(error)")
        }
    }

    /// What was written before stays: files that are taken up again go on in others, with a number.
    private func goOnBesideFiles(_ memory: CallMemory?, _ params: inout JSONObject) {
        switch memory {
        case .records:
            params["overwrite"] = nil
            params["numbered"] = true
        case .plays:
            guard var sink = params["sink"]?.object else { return }
            sink["numbered"] = true
            params["sink"] = .object(sink)
        default: break
        }
    }

    private func call(_ remembered: RememberedCalls.Call) async throws(JSONRPCError) {
        var params = remembered.params
        let method = catalogue.method(named: remembered.method)
        if method?.parameters.contains(where: { $0.name == "wait" }) == true { params["wait"] = false }
        goOnBesideFiles(method?.memory, &params)
        let request = JSONRPCRequest(method: remembered.method, params: .object(params))
        _ = try await catalogue.dispatch(request, context: context, connection: Nobody()).get()
    }
}
