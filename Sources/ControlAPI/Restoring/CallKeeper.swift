import Dispatch
import JSONRPC
import Logging
import RoomModel
import RoomServer
import Synchronization
import VoiceEngine

/// Keeps what the callers asked for, in memory and in the state file.
///
/// A call that begins or ends something is on the disk before it is answered (unless the disk takes longer than a second);
/// settings follow within a quarter of a second, all changes of that time in one write. Writing has a queue of its own:
/// nothing else ever waits for the disk.
package final class CallKeeper: Sendable {
    private struct State {
        var calls: RememberedCalls
        /// Counts the changes.
        var change: UInt64 = 0
        /// The last change that is on the disk, or that the disk refused.
        var settled: UInt64 = 0
        /// The last change that is on the disk.
        var written: UInt64 = 0
        var isFailing = false
        var isRetryPlanned = false
        /// Settings are being gathered for a write.
        var isGathering = false
        var waiters: [UInt64: (change: UInt64, continuation: CheckedContinuation<Void, Never>)] = [:]
        var nextWaiter: UInt64 = 0
        /// Rooms that somebody left since the start, or tried to.
        var left: Set<String> = []
        /// Streams that are kept as played but ended by themselves since: who plays one again says anew how.
        var endedPlayers: Set<String> = []
        /// The devices of the configuration by type.
        var configuredDevices: [String: String] = [:]
    }

    /// How long a call waits for the disk.
    private static let patience = DispatchTimeInterval.seconds(1)
    /// How long settings are gathered.
    private static let gathering = DispatchTimeInterval.milliseconds(250)
    /// After how long a disk that refused is tried again.
    private static let retryInterval = DispatchTimeInterval.seconds(5)

    private let file: StateFile
    private let log: EventLog
    private let logger: Logger
    private let queue = DispatchQueue(label: "state file")
    private let state: Mutex<State>
    private let watching = Mutex<Int?>(nil)

    /// Takes what the file holds. What is wrong with the file is logged and told as an event.
    package init(file: StateFile, catalogue: Catalogue<ControlContext>, log: EventLog, logger: Logger) {
        self.file = file
        self.log = log
        self.logger = logger
        let content = file.read(catalogue: catalogue)
        state = Mutex(State(calls: content.calls))
        for problem in content.problems { tell(problem) }
        // At once, and not when a task comes to it: the room may have been entered anew by then.
        let watch = log.watch { [weak self] event in self?.ended(event) }
        watching.withLock { $0 = watch }
    }

    /// What is kept now.
    package var calls: RememberedCalls { state.withLock { $0.calls } }

    /// Whether `logoutRoom` was called for a room since it was last entered by a call.
    package func wasLeft(_ roomID: String) -> Bool { state.withLock { $0.left.contains(roomID) } }

    // MARK: Changes

    /// A call has succeeded; answers when that is kept.
    func note(_ call: Method<ControlContext>.Call, of method: Method<ControlContext>, reply: Reply?) async {
        // Of an engine that was there already the values had no effect.
        if method.memory == .makesEngine, reply?.result["created"] != true { return }
        var remembered = RememberedCalls.Call(method: method.name, params: call.params)
        if case .setting("audioConfig", _) = method.memory { remembered.params = await audioConfig(call) }
        let snapshot = call.context.engines.snapshot
        let situation = RememberedCalls.Situation(
            rooms: snapshot?.rooms.filter { !$0.reason.isFinal }.map(\.roomID) ?? [],
            isSingleRoom: snapshot?.roomMode == .single,
            user: snapshot?.rooms.first { !$0.reason.isFinal }?.user.json)
        await note(remembered, as: method.memory, in: situation)
    }

    /// A call leaves alone what it does not name: what is kept names all of it.
    private func audioConfig(_ call: Method<ControlContext>.Call) async -> JSONObject {
        var reader = call.reader
        guard let channel = try? reader.channel(), let engine = call.context.engines.running else { return call.params }
        let config = await engine.audioConfig(channel: channel)
        return [
            "channel": .string(channel.rawValue), "bitrateKbps": .integer(Int64(config.bitrateKbps)),
            "channels": .string(config.channels.rawValue), "frameMs": .integer(Int64(config.frameMs)),
        ]
    }

    /// A call has succeeded; answers when that is kept.
    package func note(
        _ call: RememberedCalls.Call, as memory: CallMemory, in situation: RememberedCalls.Situation
    ) async {
        let changed = change { state in
            var call = call
            let roomID = call.params["roomID"]?.string
            switch memory {
            case .device: call.configured = call.params["type"]?.string.flatMap { state.configuredDevices[$0] }
            case .entersRoom: if let roomID { state.left.remove(roomID) }
            case .switchesRoom:
                if let left = call.params["fromRoomID"]?.string { state.left.insert(left) }
                if let entered = call.params["toRoomID"]?.string { state.left.remove(entered) }
            case .leavesRooms:
                state.left.formUnion(roomID.map { [$0] } ?? situation.rooms + state.calls.rooms.map(\.roomID))
            case .plays:
                if let streamID = call.params["streamID"]?.string, state.endedPlayers.remove(streamID) != nil {
                    state.calls.forgetPlayer(streamID)
                }
            default: break
            }
            state.calls.note(call, as: memory, in: situation)
        }
        guard let changed else { return }
        guard memory.isTask else { return writeGathered() }
        write()
        await settle(changed)
    }

    /// What the configuration says of the input or output device.
    func configuredDevice(_ type: String) -> String? { state.withLock { $0.configuredDevices[type] } }

    /// What the configuration says of the devices: one that was chosen while it said something else is forgotten.
    package func configure(input: String, output: String) {
        let devices = ["input": input, "output": output]
        let changed = change { state in
            state.configuredDevices = devices
            for (type, name) in devices where state.calls.device(type).map({ $0.configured != name }) ?? false {
                state.calls.forgetDevice(type)
            }
        }
        if changed != nil { write() }
    }

    /// Changes what is kept.
    func edit(_ body: (inout RememberedCalls) -> Void) {
        if change({ body(&$0.calls) }) != nil { write() }
    }

    /// A stream was played again as it is kept.
    func playedAgain(_ streamID: String) { state.withLock { _ = $0.endedPlayers.remove(streamID) } }

    private func ended(_ event: EngineEvent) {
        switch event {
        case .roomState(let roomID, let reason, let errorCode, _):
            let isRefused = ZegoErrorCode(rawValue: errorCode)?.endsTrying ?? false
            guard reason.isFinal, reason == .kickOut || isRefused else { return }
            edit { $0.roomEnded(roomID) }
        case .recordingState(let path, _, .failed, _): edit { $0.recordingEnded(path) }
        case .playerState(let streamID, .noPlay, let errorCode, _) where errorCode != 0:
            state.withLock { state in
                if state.calls.hasPlayer(streamID) { state.endedPlayers.insert(streamID) }
            }
        default: break
        }
    }

    /// The number of the change; nil when nothing has changed.
    private func change(_ body: (inout State) -> Void) -> UInt64? {
        state.withLock { state in
            let before = state.calls
            body(&state)
            guard state.calls != before else { return nil }
            state.change += 1
            return state.change
        }
    }

    // MARK: Writing

    /// Writes what is not written yet and answers when it is on the disk.
    package func flush() async {
        watching.withLock { watch in
            if let id = watch.take() { log.unwatch(id) }
        }
        let change = state.withLock { state in
            // What the disk refused is tried once more.
            state.settled = min(state.settled, state.written)
            return state.change
        }
        write()
        await settle(change)
    }

    private func write() {
        queue.async { self.writeChanges() }
    }

    /// Soon, with all that comes until then.
    private func writeGathered() {
        let isNew = state.withLock { state in
            defer { state.isGathering = true }
            return !state.isGathering
        }
        guard isNew else { return }
        queue.asyncAfter(deadline: .now() + Self.gathering) {
            self.state.withLock { $0.isGathering = false }
            self.writeChanges()
        }
    }

    /// On the queue.
    private func writeChanges() {
        let (calls, change) = state.withLock { ($0.calls, $0.change > $0.written ? $0.change : nil) }
        guard let change else { return }
        var failure: String?
        do {
            try file.write(calls)
        } catch {
            failure = error.reason
        }
        let (wasFailing, waiters) = state.withLock { state in
            defer { state.isFailing = failure != nil }
            state.settled = change
            if failure == nil { state.written = change }
            let settled = state.waiters.filter { $0.value.change <= change }
            for id in settled.keys { state.waiters[id] = nil }
            return (state.isFailing, settled.values.map(\.continuation))
        }
        for waiter in waiters { waiter.resume() }
        if let failure {
            if !wasFailing { tell("\(file.path) \(failure); what is asked for now is lost at a restart") }
            planRetry()
        } else if wasFailing {
            logger.notice("\(file.path) is written again")
        }
    }

    private func planRetry() {
        let isNew = state.withLock { state in
            defer { state.isRetryPlanned = true }
            return !state.isRetryPlanned
        }
        guard isNew else { return }
        queue.asyncAfter(deadline: .now() + Self.retryInterval) { [weak self] in
            self?.state.withLock { $0.isRetryPlanned = false }
            self?.writeChanges()
        }
    }

    /// Waits until a change is on the disk, or the patience ends.
    private func settle(_ change: UInt64) async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let id = state.withLock { state -> UInt64? in
                guard state.settled < change else { return nil }
                state.nextWaiter += 1
                state.waiters[state.nextWaiter] = (change, continuation)
                return state.nextWaiter
            }
            guard let id else {
                continuation.resume()
                return
            }
            DispatchQueue.global().asyncAfter(deadline: .now() + Self.patience) { [weak self] in
                self?.state.withLock { $0.waiters.removeValue(forKey: id) }?.continuation.resume()
            }
        }
    }

    private func tell(_ problem: String) {
        logger.error("\(problem)")
        log.append(.debugError(code: JSONRPCError.Code.internalError, function: "restore", info: problem))
    }
}
