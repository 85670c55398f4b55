// A participant of a voice room in a browser. It speaks the signalling of the room server (JSON-RPC over one WebSocket)
// with one RTCPeerConnection, and behaves like the engine of zegod: the same session, the same re-connection.
//
//   Retry        when something that failed is tried again
//   Session      requests, answers and notifications of one session, over as many WebSockets as it takes
//   Transport    the RTCPeerConnection and the use of its sections
//   Participant  the room: joining, publishing, playing, coming back; tells the page what happens
//   Microphone   the local track and its level
//   Page         the elements

"use strict";

const SUBPROTOCOL = "zego-room.v1";

/** Error numbers that decide what is done next. All others are only shown. */
const Code = {
    illegalParameter: 1000017,
    connectionBroken: 1002051,
    retryTimeout: 1002053,
    loggedInElsewhere: 1002086,
    streamNotExist: 1004002,
    innerError: 1002099,
};

/** Refusals that say nothing about us, the room or the stream: they may pass. */
const PASSING = new Set([1002030, 1002031, 1002071, 1002072, 1002073, 1002099, 1003020, 1003099, 1004002, 1004020, 1004099]);

/** What a person can do about an error; the server's own words are shown for all others. */
const WORDS = {
    1001000: "The AppID is missing. It stands in the link, or in what zegoctl app show prints.",
    1001004: "The room server does not know this AppID. Compare it with what zegoctl app list prints.",
    1002005: "Give a userID.",
    1002006: "The userID has characters that are not allowed.",
    1002007: "The userID is too long: at most 63 bytes.",
    1002009: "The name has characters that are not allowed.",
    1002010: "The name is too long: at most 255 bytes.",
    1002011: "Give a roomID.",
    1002012: "The roomID has characters that are not allowed.",
    1002013: "The roomID is too long: at most 127 bytes.",
    1002033: "The room server does not take this token for this room. Ask for a new link.",
    1002034: "The room is full. Try again later.",
    1002050: "You joined from another place as the same user, so this page was put out of the room. Give every place a userID of its own.",
    1002053: "The room server could not be reached for 20 minutes, so nothing more is tried. Check the network, then join again.",
    1002055: "You were put out of the room by its operator.",
    1002056: "You were put out of the room because your token expired. Ask for a new link.",
    1002067: "A token is needed. zegoctl token --link makes a link with one.",
    1002071: "Too many logins at the moment. It is tried again.",
    1002075: "The token cannot be read: it is not complete, or was made for another application. Ask for a new link.",
    1002076: "The token is for another AppID. Ask for a new link.",
    1002077: "The token is for another userID. Use the userID that it was made for, or ask for a new link.",
    1002078: "The token has expired. Ask for a new link.",
    1002079: "This kind of token is not supported; it has to begin with 04.",
    1002086: "You joined from another place as the same user while this page was away. Join again if this page shall take over.",
    1003001: "The room server hears nothing of your microphone. A firewall may be in the way (UDP).",
    1003025: "The room server does not let you publish.",
    1003028: "Somebody publishes under this streamID already. Leave, choose another one under More, and join again.",
    1003072: "Your token does not allow to publish. You can listen.",
    1002082: "Your token does not allow to publish. You can listen.",
    1004010: "More streams cannot be played at once. Stop one first.",
    1004025: "The room server does not let you play this stream.",
};

const DELETE_REASONS = {
    2: "its publisher was not heard any more", 3: "its publisher joined elsewhere", 4: "its publisher was put out",
};

const MICROPHONE_STATES = {
    open: "microphone open", mute: "muted", disable: "microphone off", unplugged: "microphone unplugged",
    "no-authorization": "microphone not allowed", "in-use": "microphone used by another program",
    "invalid-id": "microphone not found", "generic-error": "microphone broken",
};

/** An error in the answer to a request. */
class Refusal extends Error {
    constructor(error) {
        super(error?.message ?? "refused");
        this.code = error?.code ?? Code.innerError;
        this.hint = error?.data?.hint ?? "";
    }

    get mayPass() { return PASSING.has(this.code); }
}

/** The connection, not the request, came to nothing. */
class ConnectionFailure extends Error {}

function wordsFor(code, message = "", hint = "") {
    const words = WORDS[code] ?? [message, hint].filter(Boolean).join(". ");
    return words ? `${words} (${code})` : `Error ${code}.`;
}

// MARK: - Retry

/** At once, after 0.5 s, 1 s, 2 s, then every 2 s in the first minute, then every 10 s, each ±20 %, for 20 minutes. */
class Retry {
    static WINDOW_MS = 1_200_000;

    #state = "idle";
    #began = 0;
    #attempts = 0;
    #timer = 0;
    #attempt;
    #giveUp;

    constructor({ attempt, giveUp }) {
        this.#attempt = attempt;
        this.#giveUp = giveUp;
    }

    static pauseMs(attempts, elapsedMs) {
        if (attempts <= 0) return 0;
        const pause = attempts === 1 ? 500 : attempts === 2 ? 1000 : elapsedMs < 60_000 ? 2000 : 10_000;
        return pause * (0.8 + 0.4 * Math.random());
    }

    get isConnected() { return this.#state === "connected"; }

    start() {
        if (this.#state === "idle") this.#begin(0);
    }

    /** What was connected has broken; the server may have asked for a pause. */
    lost(pauseMs = 0) {
        if (this.#state === "connected") this.#begin(pauseMs);
    }

    succeeded() {
        if (this.#state === "idle") return;
        clearTimeout(this.#timer);
        this.#state = "connected";
    }

    failed() {
        if (this.#state !== "attempting") return;
        const elapsed = performance.now() - this.#began;
        if (elapsed >= Retry.WINDOW_MS) return this.#exhausted();
        this.#wait(Math.min(Retry.pauseMs(this.#attempts, elapsed), Retry.WINDOW_MS - elapsed));
    }

    /** A wait is cut short. */
    networkChanged() {
        if (this.#state === "waiting") this.#go();
    }

    stop() {
        clearTimeout(this.#timer);
        this.#state = "idle";
    }

    #begin(pauseMs) {
        this.#began = performance.now();
        this.#attempts = 0;
        if (pauseMs > 0) this.#wait(pauseMs);
        else this.#go();
    }

    #wait(ms) {
        this.#state = "waiting";
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => {
            if (this.#state !== "waiting") return;
            if (performance.now() - this.#began >= Retry.WINDOW_MS) this.#exhausted();
            else this.#go();
        }, ms);
    }

    #go() {
        clearTimeout(this.#timer);
        this.#attempts += 1;
        this.#state = "attempting";
        this.#attempt();
    }

    #exhausted() {
        this.stop();
        this.#giveUp();
    }
}

// MARK: - Session

/** The client's side of a session: it outlives its WebSockets. */
class Session {
    sessionID = null;
    resumeKey = "";
    lastSeq = 0;
    #nextID = 1;
    #unanswered = new Map();
    #socket = null;

    attach(socket) { this.#socket = socket; }

    /** Sends a request. With `repeats` it outlives the connection and goes out again after a resume. */
    request(method, params, { repeats, timeoutMs }) {
        const id = this.#nextID++;
        const text = JSON.stringify({ jsonrpc: "2.0", id, method, params });
        return new Promise((resolve, reject) => {
            const timer = timeoutMs && setTimeout(() => {
                this.#unanswered.delete(id);
                reject(new ConnectionFailure(`no answer to ${method}`));
            }, timeoutMs);
            this.#unanswered.set(id, { text, repeats, resolve, reject, timer });
            this.#send(text);
        });
    }

    /** Takes a text of the server; answers a notification (or the challenge) that is new. */
    receive(text) {
        const message = JSON.parse(text);
        if (message.method === undefined) {
            const waiting = this.#take(message.id);
            if (message.error) waiting?.reject(new Refusal(message.error));
            else waiting?.resolve(message.result);
            return null;
        }
        return message.method === "challenge" ? message : this.take(message);
    }

    /** A notification, from the connection or from the answer to a resume: each is taken once. */
    take(notification) {
        if (!(notification.params?.seq > this.lastSeq)) return null;
        this.lastSeq = notification.params.seq;
        return notification;
    }

    /** The session goes on upon a new connection: what was not answered goes out again, in order. */
    repeat() {
        for (const { text, repeats } of this.#unanswered.values()) if (repeats) this.#send(text);
    }

    connectionLost() {
        this.#socket = null;
        this.#drop((request) => !request.repeats);
    }

    ended() {
        this.#drop(() => true);
        this.sessionID = null;
        this.resumeKey = "";
        this.lastSeq = 0;
    }

    #send(text) {
        if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(text);
    }

    #take(id) {
        const waiting = this.#unanswered.get(id);
        clearTimeout(waiting?.timer);
        this.#unanswered.delete(id);
        return waiting;
    }

    #drop(which) {
        for (const [id, request] of [...this.#unanswered]) {
            if (which(request)) this.#take(id).reject(new ConnectionFailure("the connection is gone"));
        }
    }
}

/** The offset of the server's clock to ours, in milliseconds: the ping of least round trip of the last sixteen. */
class ClockOffset {
    #samples = [];

    add(sent, received, serverTime) {
        this.#samples.push({ roundTrip: received - sent, offset: serverTime - (sent + received) / 2 });
        if (this.#samples.length > 16) this.#samples.shift();
    }

    get milliseconds() {
        if (this.#samples.length === 0) return null;
        return this.#samples.reduce((best, next) => (next.roundTrip < best.roundTrip ? next : best)).offset;
    }
}

/** Our clock, in milliseconds since 1970, which never jumps. */
function ourTime() { return performance.timeOrigin + performance.now(); }

// MARK: - Transport

/** The RTCPeerConnection. A section (transceiver) is spare, or carries one stream; a freed one is inactive, never stopped. */
class Transport {
    /** Transceivers in use, by the key of the demand that they serve. */
    #sections = new Map();
    #connection;

    constructor(iceServers, { candidate, changed }) {
        this.#connection = new RTCPeerConnection({ iceServers, bundlePolicy: "max-bundle" });
        // The spare section: ICE and DTLS are done when the first stream is wanted.
        this.#addSection("recvonly");
        this.#connection.onicecandidate = ({ candidate: found }) => {
            // An empty candidate ends one generation only; no candidate ends the gathering.
            if (found === null) candidate({ endOfCandidates: true });
            else if (found.candidate !== "") candidate(describe(found));
        };
        this.#connection.onconnectionstatechange = () => changed(this.state);
        this.#connection.oniceconnectionstatechange = () => changed(this.state);
    }

    /** connecting, connected, interrupted (an ICE restart may help) or broken (nothing will). */
    get state() {
        const dtls = this.#connection.getTransceivers()[0]?.sender.transport?.state;
        if (dtls === "failed" || dtls === "closed" || this.#connection.connectionState === "closed") return "broken";
        if (["disconnected", "failed"].includes(this.#connection.iceConnectionState)) return "interrupted";
        return this.#connection.connectionState === "connected" ? "connected" : "connecting";
    }

    /** Fresh credentials for TURN servers: of use from the next ICE restart on. */
    useServers(iceServers) { this.#connection.setConfiguration({ iceServers, bundlePolicy: "max-bundle" }); }

    get isNegotiated() { return this.#connection.remoteDescription !== null; }

    /** An offer that serves the demands `{key, track}` (a track to send, or none to receive). */
    async makeOffer(demands, iceRestart) {
        const wanted = new Set(demands.map(({ key }) => key));
        for (const [key, section] of [...this.#sections]) {
            if (wanted.has(key)) continue;
            section.direction = "inactive";
            await section.sender.replaceTrack(null);
            this.#sections.delete(key);
        }
        for (const { key, track } of demands) {
            const section = this.#sections.get(key) ?? this.#freeSection();
            this.#sections.set(key, section);
            section.direction = track ? "sendonly" : "recvonly";
            if (section.sender.track !== track) await section.sender.replaceTrack(track);
        }
        const offer = await this.#connection.createOffer({ iceRestart });
        try {
            await this.#connection.setLocalDescription({ type: "offer", sdp: withWishes(offer.sdp) });
        } catch {
            // A browser that does not let its offers be touched does without.
            await this.#connection.setLocalDescription({ type: "offer", sdp: offer.sdp });
        }
        return this.#connection.localDescription.sdp;
    }

    #freeSection() {
        const taken = new Set(this.#sections.values());
        const free = this.#connection.getTransceivers().find((section) => !taken.has(section) && !section.stopped);
        return free ?? this.#addSection("inactive");
    }

    #addSection(direction) {
        const section = this.#connection.addTransceiver("audio", { direction });
        // When a sound was captured: browsers know the extension, but offer it only when asked to.
        const extensions = section.getHeaderExtensionsToNegotiate?.() ?? [];
        for (const extension of extensions) if (extension.uri.endsWith("/abs-capture-time")) extension.direction = "sendrecv";
        section.setHeaderExtensionsToNegotiate?.(extensions);
        return section;
    }

    mid(key) { return this.#sections.get(key)?.mid ?? null; }

    receiver(key) { return this.#sections.get(key)?.receiver ?? null; }

    async apply(sdp) { await this.#connection.setRemoteDescription({ type: "answer", sdp: forOneVoice(sdp) }); }

    async rollBack() {
        if (this.#connection.signalingState === "have-local-offer") {
            await this.#connection.setLocalDescription({ type: "rollback" });
        }
    }

    async replaceTrack(key, track) { await this.#sections.get(key)?.sender.replaceTrack(track); }

    statistics() { return this.#connection.getStats(); }

    close() {
        this.#connection.onicecandidate = null;
        this.#connection.onconnectionstatechange = null;
        this.#connection.oniceconnectionstatechange = null;
        this.#connection.close();
    }
}

function describe({ candidate, sdpMid, usernameFragment }) {
    const described = { candidate };
    if (sdpMid !== null) described.mid = sdpMid;
    if (usernameFragment !== null) described.usernameFragment = usernameFragment;
    return described;
}

/** What browsers know, but do not offer: retransmissions of Opus, and hearing it in stereo. */
function withWishes(sdp) {
    // Section by section: one that was negotiated has it already, a new one has not.
    return sdp.split(/^(?=m=)/m).map((section) => section.replace(/^a=rtpmap:(\d+) opus\/48000\/2\r\n/im, (line, payloadType) => {
        const wish = `a=rtcp-fb:${payloadType} nack\r\n`;
        return section.includes(wish) ? line : line + wish;
    })).join("").replace(/^(a=fmtp:\d+ minptime=[^\r\n]*)/gim, (line) => (line.includes("stereo=1") ? line : `${line};stereo=1`));
}

/** The server takes stereo; a microphone is one channel, at the bit rate that the SDK has for it. */
function forOneVoice(sdp) { return sdp.replace(/(?<![\w-])stereo=1/g, "maxaveragebitrate=48000"); }

// MARK: - Participant

/** One user in one room. `tell(event, detail)` hears of everything that happens. */
class Participant {
    static #HANDSHAKE_MS = 10_000;
    static #RECOVERY_MS = 6_000;

    #tell;
    #identity = null;
    #session = new Session();
    #socket = null;
    #connectionNumber = 0;
    #isEstablished = false;
    #isInRoom = false;
    #wasInRoom = false;
    #lastHeard = 0;
    #pingTimer = 0;
    #pingIntervalMs = 5000;
    #iceServers = [];
    #clockOffset = new ClockOffset();
    #retry = new Retry({ attempt: () => this.#attempt(), giveUp: () => this.#end("reconnect-failed", Code.retryTimeout) });

    #transport = null;
    #isMediaConnected = false;
    /** The transport that is being negotiated. A closed one may never answer, and must not hold up the next. */
    #negotiating = null;
    #negotiationWanted = false;
    #iceRestartWanted = false;
    #recoveryTimer = 0;
    #wakeTimer = 0;
    #recovery = new Retry({ attempt: () => this.#recover(), giveUp: () => {} });

    #users = new Map();
    #streams = new Map();
    /** Demands by key: `publish`, `play:<streamID>`. */
    #demands = new Map();

    constructor(tell) { this.#tell = tell; }

    // What the page asks for

    join(identity) {
        this.#identity = identity;
        this.#session = new Session();
        this.#tell("room-state", { reason: "logining" });
        this.#retry.start();
    }

    leave() { this.#end("logout", 0); }

    publish(streamID, track) {
        this.#demands.set("publish", newDemand({ streamID, track }));
        this.#negotiateIfNeeded();
    }

    async replaceTrack(track) {
        const demand = this.#demands.get("publish");
        if (!demand) return;
        demand.track = track;
        await this.#transport?.replaceTrack("publish", track);
    }

    stopPublishing() {
        const demand = this.#demands.get("publish");
        if (!demand) return;
        this.#demands.delete("publish");
        if (demand.isAccepted) this.#post("unpublish", { streamID: demand.streamID });
        this.#renegotiate();
    }

    setMicrophoneState(state) {
        const demand = this.#demands.get("publish");
        if (!demand) return;
        demand.microphone = state;
        if (demand.isAccepted) this.#post("mute", { streamID: demand.streamID, state });
    }

    play(streamID) {
        if (this.#demands.has(`play:${streamID}`)) return;
        this.#demands.set(`play:${streamID}`, newDemand({ streamID, track: null }));
        this.#negotiateIfNeeded();
    }

    stopPlaying(streamID) {
        const demand = this.#demands.get(`play:${streamID}`);
        if (!demand) return;
        this.#demands.delete(`play:${streamID}`);
        if (demand.isAccepted) this.#post("stopPlay", { streamID });
        this.#renegotiate();
    }

    isPlaying(streamID) { return this.#demands.has(`play:${streamID}`); }

    receiver(streamID) { return this.#transport?.receiver(`play:${streamID}`) ?? null; }

    /** The mids of what flows, and the browser's figures. */
    async figures() {
        if (!this.#transport) return null;
        const mids = new Map();
        for (const key of this.#demands.keys()) mids.set(this.#transport.mid(key), key);
        return { mids, report: await this.#transport.statistics(), clockOffset: this.#clockOffset.milliseconds };
    }

    /** The machine has another network: what waits is tried at once, and what stands is tested. */
    networkChanged() {
        this.#retry.networkChanged();
        this.#recovery.networkChanged();
        if (this.#isEstablished) this.#ping();
        if (this.#transport?.isNegotiated) this.#restartICE();
    }

    // The session

    async #attempt() {
        const number = ++this.#connectionNumber;
        try {
            await this.#open(number);
            await this.#resumeOrStartAnew();
            this.#checkCurrent(number);
            this.#isEstablished = true;
            if (!this.#isInRoom) await this.#enter();
            this.#checkCurrent(number);
            this.#retry.succeeded();
            this.#startPings();
            this.#negotiateIfNeeded();
        } catch (error) {
            if (number !== this.#connectionNumber) return;
            this.#abandonConnection();
            if (error instanceof Refusal && !error.mayPass) {
                this.#end(this.#wasInRoom ? "reconnect-failed" : "login-failed", error.code, error);
                return;
            }
            this.#tellBroken(error.message);
            this.#retry.failed();
        }
    }

    #checkCurrent(number) {
        if (number !== this.#connectionNumber || !this.#socket) throw new ConnectionFailure("the connection is gone");
    }

    /** A WebSocket, open and greeted. */
    #open(number) {
        const address = new URL("v1/signal", location.href);
        address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
        address.hash = "";
        address.search = "";
        const socket = new WebSocket(address, SUBPROTOCOL);
        this.#socket = socket;
        return new Promise((resolve, reject) => {
            const timer = setTimeout(() => fail("the room server does not answer"), Participant.#HANDSHAKE_MS);
            const fail = (text) => {
                clearTimeout(timer);
                reject(new ConnectionFailure(text));
            };
            socket.onclose = () => {
                fail("the room server cannot be reached");
                if (number === this.#connectionNumber) this.#connectionClosed();
            };
            socket.onmessage = ({ data }) => {
                if (number !== this.#connectionNumber) return;
                this.#lastHeard = performance.now();
                const message = this.#session.receive(data);
                if (message?.method === "challenge") {
                    clearTimeout(timer);
                    this.#session.attach(socket);
                    resolve();
                } else if (message) {
                    this.#handle(message);
                }
            };
        });
    }

    /** Goes on with the session of before, if there is one and the server still has it. */
    async #resumeOrStartAnew() {
        const { sessionID, resumeKey, lastSeq } = this.#session;
        if (sessionID === null) return;
        let result;
        try {
            result = await this.#session.request(
                "resume", { sessionID, resumeKey, lastSeq }, { repeats: false, timeoutMs: Participant.#HANDSHAKE_MS });
        } catch (error) {
            if (!(error instanceof Refusal) || error.mayPass || error.code === Code.loggedInElsewhere) throw error;
            this.#forgetSession();
            return;
        }
        if (this.#isInRoom) this.#tell("room-state", { reason: "reconnected" });
        this.#session.repeat();
        for (const missed of result.notifications) {
            const notification = this.#session.take(missed);
            if (notification) this.#handle(notification);
        }
    }

    async #enter() {
        const { appID, roomID, user, token } = this.#identity;
        const auth = token ? { auth: { token } } : {};
        const params = { appID, roomID, user, config: { isUserStatusNotify: true }, ...auth };
        const result = await this.#session.request(
            "login", params, { repeats: false, timeoutMs: Participant.#HANDSHAKE_MS });
        this.#session.sessionID = result.sessionID;
        this.#session.resumeKey = result.resumeKey;
        this.#pingIntervalMs = result.pingIntervalMs;
        this.#iceServers = result.iceServers;
        const reason = this.#wasInRoom ? "reconnected" : "logined";
        this.#isInRoom = true;
        this.#wasInRoom = true;
        this.#tell("room-state", { reason, tokenRemainSeconds: result.tokenRemainSeconds });
        this.#replaceUsers(result.users);
        this.#replaceStreams(result.streams);
        this.#openTransport();
    }

    #connectionClosed() {
        const wasConnected = this.#retry.isConnected;
        this.#abandonConnection();
        if (wasConnected) this.#connectionBroke(0);
    }

    #connectionBroke(pauseMs) {
        this.#tellBroken("the connection to the room server broke");
        this.#retry.lost(pauseMs);
    }

    #tellBroken(text) {
        this.#tell("room-state", { reason: this.#wasInRoom ? "reconnecting" : "logining", errorCode: Code.connectionBroken, text });
    }

    #abandonConnection() {
        const socket = this.#socket;
        this.#socket = null;
        this.#isEstablished = false;
        clearTimeout(this.#pingTimer);
        if (socket) {
            socket.onclose = null;
            socket.onmessage = null;
            socket.close();
        }
        this.#session.connectionLost();
    }

    /** The server has lost the session: room and transport begin anew. */
    #forgetSession() {
        this.#session.ended();
        this.#isInRoom = false;
        this.#closeTransport();
    }

    #end(reason, errorCode, refusal = null) {
        if (!this.#identity) return;
        this.#identity = null;
        this.#retry.stop();
        this.#connectionNumber += 1;
        if (reason === "logout" && this.#isEstablished) {
            this.#session.request("logout", {}, { repeats: false }).catch(() => {});
        }
        this.#abandonConnection();
        this.#forgetSession();
        this.#wasInRoom = false;
        this.#demands.clear();
        this.#users.clear();
        this.#streams.clear();
        this.#clockOffset = new ClockOffset();
        this.#tell("room-state", { reason, errorCode, text: refusal?.message, hint: refusal?.hint });
    }

    /** A request whose answer changes nothing; it outlives the connection. */
    #post(method, params) {
        if (this.#session.sessionID === null) return;
        this.#session.request(method, params, { repeats: true }).catch(() => {});
    }

    // Liveness

    #startPings() {
        clearTimeout(this.#pingTimer);
        let count = 0;
        const next = () => {
            this.#ping();
            count += 1;
            this.#pingTimer = setTimeout(next, count < 5 ? Math.min(200, this.#pingIntervalMs) : this.#pingIntervalMs);
        };
        next();
    }

    async #ping() {
        const number = this.#connectionNumber;
        const sent = performance.now();
        const time = ourTime();
        try {
            const { serverTime } = await this.#session.request("ping", { time }, { repeats: false, timeoutMs: 5000 });
            this.#clockOffset.add(time, ourTime(), serverTime);
        } catch (error) {
            // Nothing at all has been heard since: the other end is gone, though TCP has not noticed.
            const isSilent = error instanceof ConnectionFailure && this.#lastHeard <= sent;
            if (isSilent && number === this.#connectionNumber && this.#isEstablished) this.#connectionClosed();
        }
    }

    // Notifications

    #handle({ method, params }) {
        switch (method) {
        case "userUpdate":
            if (params.updateType === "add") this.#addUsers(params.userList);
            else this.#deleteUsers(params.userList.map(({ userID }) => userID));
            break;
        case "streamUpdate":
            if (params.updateType === "add") this.#addStreams(params.streamList);
            else this.#deleteStreams(params.streamList.map(({ streamID }) => streamID), params.extendedData?.stream_delete_reason);
            break;
        case "onlineUserCount": this.#tell("online-user-count", { count: params.count }); break;
        case "remoteMicState": this.#tell("remote-mic-state", params); break;
        case "publishState":
            this.#tell("publish-state", params);
            if (params.errorCode === 1003025) this.#demands.delete("publish");
            break;
        case "playState": this.#tell("play-state", params); break;
        case "kickOut": this.#end("kick-out", params.errorCode, { message: params.reason }); break;
        case "tokenWillExpire": this.#tell("token-will-expire", params); break;
        case "reconnect":
            if (!this.#retry.isConnected) break;
            this.#connectionNumber += 1;
            this.#abandonConnection();
            this.#connectionBroke(params.delayMs);
            break;
        default: break;
        }
    }

    #addUsers(users) {
        const added = users.filter(({ userID }) => userID !== this.#identity.user.userID && !this.#users.has(userID));
        for (const user of added) this.#users.set(user.userID, user);
        if (added.length > 0) this.#tell("user-update", { updateType: "add", userList: added });
    }

    #deleteUsers(userIDs) {
        const deleted = userIDs.map((userID) => this.#users.get(userID)).filter(Boolean);
        for (const { userID } of deleted) this.#users.delete(userID);
        if (deleted.length > 0) this.#tell("user-update", { updateType: "delete", userList: deleted });
    }

    #replaceUsers(users) {
        const present = new Set(users.map(({ userID }) => userID));
        this.#deleteUsers([...this.#users.keys()].filter((userID) => !present.has(userID)));
        this.#addUsers(users);
    }

    #addStreams(streams) {
        const others = streams.filter(({ user }) => user.userID !== this.#identity.user.userID);
        const replaced = others.filter(({ streamID, user }) => {
            const known = this.#streams.get(streamID);
            return known !== undefined && known.user.userID !== user.userID;
        });
        this.#deleteStreams(replaced.map(({ streamID }) => streamID));
        const added = others.filter(({ streamID }) => !this.#streams.has(streamID));
        for (const stream of added) this.#streams.set(stream.streamID, stream);
        if (added.length > 0) this.#tell("stream-update", { updateType: "add", streamList: added });
    }

    #deleteStreams(streamIDs, reasons = []) {
        const deleted = streamIDs.map((streamID) => this.#streams.get(streamID)).filter(Boolean);
        for (const { streamID } of deleted) this.#streams.delete(streamID);
        if (deleted.length > 0) this.#tell("stream-update", { updateType: "delete", streamList: deleted, reasons });
    }

    #replaceStreams(streams) {
        const present = new Set(streams.map(({ streamID }) => streamID));
        this.#deleteStreams([...this.#streams.keys()].filter((streamID) => !present.has(streamID)));
        this.#addStreams(streams);
    }

    // The transport

    /** Right after the login, before anybody asks to publish or play. */
    #openTransport() {
        if (this.#transport) return;
        const transport = new Transport(this.#iceServers, {
            candidate: (candidate) => {
                if (transport === this.#transport) this.#post("candidate", candidate);
            },
            changed: (state) => {
                if (transport === this.#transport) this.#mediaChanged(state);
            },
        });
        this.#transport = transport;
        this.#negotiationWanted = true;
        this.#recovery.stop();
        this.#recovery.start();
        this.#negotiateIfNeeded();
    }

    #closeTransport() {
        this.#transport?.close();
        this.#transport = null;
        this.#isMediaConnected = false;
        this.#iceRestartWanted = false;
        this.#recovery.stop();
        clearTimeout(this.#recoveryTimer);
        for (const demand of this.#demands.values()) {
            demand.isAccepted = false;
            demand.notBefore = 0;
        }
        this.#tell("media-state", { state: "closed" });
    }

    #mediaChanged(state) {
        if (state === "connected" && !this.#isMediaConnected) {
            this.#isMediaConnected = true;
            this.#recovery.succeeded();
            this.#tell("media-state", { state });
        } else if (state === "interrupted" || state === "broken") {
            if (this.#isMediaConnected) {
                this.#isMediaConnected = false;
                this.#tell("media-state", { state });
                this.#recovery.lost();
            } else if (state === "broken") {
                this.#recovery.failed();
            }
        }
    }

    /** One attempt to have a media path (again). */
    #recover() {
        clearTimeout(this.#recoveryTimer);
        this.#recoveryTimer = setTimeout(() => {
            if (!this.#isMediaConnected) this.#recovery.failed();
        }, Participant.#RECOVERY_MS);
        if (this.#transport?.state === "broken") {
            // The keys are gone, so is the use of this session: a new one.
            this.#forgetSession();
            if (!this.#retry.isConnected) return;
            this.#connectionNumber += 1;
            this.#abandonConnection();
            this.#connectionBroke(0);
        } else if (this.#transport?.isNegotiated) {
            this.#restartICE();
        }
    }

    /** Finds a path anew; media stays on the old one until there is another. */
    #restartICE() {
        this.#iceRestartWanted = true;
        this.#negotiateIfNeeded();
    }

    #renegotiate() {
        this.#negotiationWanted = true;
        this.#negotiateIfNeeded();
    }

    async #negotiateIfNeeded() {
        while (this.#transport && this.#isEstablished && this.#isInRoom && this.#negotiating !== this.#transport) {
            const now = performance.now();
            const waiting = [...this.#demands.values()].filter(({ isAccepted }) => !isAccepted);
            const isNeeded = this.#negotiationWanted || this.#iceRestartWanted || waiting.some(({ notBefore }) => notBefore <= now);
            if (!isNeeded) {
                clearTimeout(this.#wakeTimer);
                const next = Math.min(...waiting.map(({ notBefore }) => notBefore));
                if (Number.isFinite(next)) this.#wakeTimer = setTimeout(() => this.#negotiateIfNeeded(), next - now + 1);
                return;
            }
            const transport = this.#transport;
            this.#negotiating = transport;
            await this.#negotiate(transport);
            if (this.#negotiating !== transport) return;
            this.#negotiating = null;
        }
    }

    async #negotiate(transport) {
        const asked = new Map(this.#demands);
        const restart = this.#iceRestartWanted;
        this.#iceRestartWanted = false;
        this.#negotiationWanted = false;
        try {
            const sdp = await transport.makeOffer([...asked].map(([key, { track }]) => ({ key, track })), restart);
            const tracks = [...asked].map(([key, demand]) => this.#trackRequest(transport.mid(key), demand));
            const answer = await this.#session.request("negotiate", { sdp, tracks }, { repeats: true, timeoutMs: 15_000 });
            if (transport !== this.#transport) return;
            await transport.apply(answer.sdp);
            if (transport !== this.#transport) return;
            if (answer.iceServers) transport.useServers(answer.iceServers);
            for (const [index, [key, demand]] of [...asked].entries()) {
                if (this.#demands.get(key) === demand) this.#settle(key, demand, answer.tracks[index]);
            }
            this.#mediaChanged(transport.state);
        } catch (error) {
            if (transport !== this.#transport) return;
            await transport.rollBack().catch(() => {});
            this.#iceRestartWanted ||= restart && error instanceof Refusal;
            const code = error instanceof Refusal ? error.code : Code.innerError;
            for (const [key, demand] of asked) {
                if (this.#demands.get(key) === demand && !demand.isAccepted) this.#refused(key, demand, code, error);
            }
            if (!this.#isMediaConnected) this.#recovery.failed();
        }
    }

    #trackRequest(mid, { streamID, track }) {
        const { roomID } = this.#identity;
        return track ? { mid, publish: { streamID, roomID } } : { mid, play: { streamID, roomID } };
    }

    #settle(key, demand, { errorCode, live }) {
        if (errorCode !== 0) {
            this.#refused(key, demand, errorCode);
            return;
        }
        if (demand.isAccepted) return;
        demand.isAccepted = true;
        demand.attempts = 0;
        if (demand.track) {
            if (demand.microphone !== "open") this.#post("mute", { streamID: demand.streamID, state: demand.microphone });
            this.#tell("publisher-state", { streamID: demand.streamID, state: "publishing" });
        } else {
            this.#tell("player-state", { streamID: demand.streamID, state: "accepted", live });
        }
    }

    /** What may pass is tried again; anything else ends the demand. */
    #refused(key, demand, code, error = null) {
        demand.isAccepted = false;
        if (PASSING.has(code) && (!error || error instanceof Refusal || error instanceof ConnectionFailure)) {
            demand.attempts += 1;
            demand.notBefore = performance.now() + Retry.pauseMs(demand.attempts, performance.now() - demand.began);
            return;
        }
        this.#demands.delete(key);
        this.#negotiationWanted = true;
        const kind = demand.track ? "publisher-state" : "player-state";
        const state = demand.track ? "no-publish" : "no-play";
        this.#tell(kind, { streamID: demand.streamID, state, errorCode: code, text: error?.message, hint: error?.hint });
    }
}

function newDemand({ streamID, track }) {
    return { streamID, track, microphone: "open", isAccepted: false, attempts: 0, notBefore: 0, began: performance.now() };
}

// MARK: - Microphone

/** The local track, and how loud it is. */
class Microphone {
    track = null;
    #context = null;
    #source = null;
    #analyser = null;
    #samples = new Float32Array(1024);

    /** To be called in a click, so that the browser lets the meter run. */
    wake() {
        this.#context ??= new AudioContext();
        this.#context.resume().catch(() => {});
    }

    async open({ deviceID, processing, ended }) {
        const device = deviceID ? { deviceId: { exact: deviceID } } : {};
        const audio = {
            ...device, channelCount: { ideal: 1 }, echoCancellation: processing, noiseSuppression: processing, autoGainControl: processing,
        };
        const stream = await navigator.mediaDevices.getUserMedia({ audio });
        this.close();
        [this.track] = stream.getAudioTracks();
        this.track.onended = ended;
        this.wake();
        this.#source = this.#context.createMediaStreamSource(stream);
        this.#analyser = new AnalyserNode(this.#context, { fftSize: 1024 });
        this.#source.connect(this.#analyser);
    }

    close() {
        this.#source?.disconnect();
        this.#source = null;
        this.#analyser = null;
        if (!this.track) return;
        this.track.onended = null;
        this.track.stop();
        this.track = null;
    }

    /** 0 to 1. */
    get level() {
        if (!this.#analyser) return 0;
        this.#analyser.getFloatTimeDomainData(this.#samples);
        return Math.sqrt(this.#samples.reduce((sum, sample) => sum + sample * sample, 0) / this.#samples.length);
    }

    static wordsFor(error) {
        if (!window.isSecureContext || !navigator.mediaDevices) {
            return "The browser gives the microphone only to pages that came by https, or from this machine itself (http://localhost). "
                + "Open the page that way to be heard. You can listen here.";
        }
        switch (error.name) {
        case "NotFoundError": return "No microphone was found. Plug one in, then turn it on here. You can listen meanwhile.";
        case "NotAllowedError":
            return "The browser may not use the microphone. Allow it for this page (beside the address), then turn it on here. You can listen meanwhile.";
        case "NotReadableError": return "The microphone cannot be used: another program may have it. Choose another one, or try again.";
        case "OverconstrainedError": return "The chosen microphone is gone. Choose another one.";
        default: return `The microphone does not work: ${error.message}`;
        }
    }
}

// MARK: - Page

/** Loudness as people hear it: 60 dB on a scale of 0 to 100. */
function meterValue(level) { return level > 0 ? Math.max(0, Math.min(100, 100 + (20 * Math.log10(level) * 100) / 60)) : 0; }

function percent(part) { return `${(100 * part).toFixed(1)} %`; }

function milliseconds(value) { return `${Math.round(value)} ms`; }

/** One stream in the list, with its player. */
class StreamCard {
    static #INTERRUPTED_MS = 4000;

    element;
    #parts = {};
    #stream;
    #participant;
    #audio = new Audio();
    #microphone = "open";
    #lastPacketAt = 0;
    #figures = [];
    isHeard = false;

    constructor(stream, participant, { changed, blocked }) {
        this.#stream = stream;
        this.#participant = participant;
        this.element = document.getElementById("stream-card").content.firstElementChild.cloneNode(true);
        for (const name of ["stream-user", "stream-id", "stream-state", "play", "volume", "level", "loss", "jitter", "buffer", "delay"]) {
            this.#parts[name] = this.element.querySelector(`.${name}`);
        }
        const { streamID, user } = stream;
        this.#parts["stream-user"].textContent = user.userName;
        this.#parts["stream-id"].textContent = streamID;
        this.#parts.volume.setAttribute("aria-label", `Volume of ${user.userName}`);
        this.#parts.level.setAttribute("aria-label", `Level of ${user.userName}`);
        this.#parts.volume.oninput = () => { this.#audio.volume = this.#parts.volume.valueAsNumber / 100; };
        this.#parts.play.onclick = () => {
            if (participant.isPlaying(streamID)) this.stop();
            else this.play();
            changed();
        };
        this.blocked = blocked;
        this.#show();
    }

    get streamID() { return this.#stream.streamID; }
    get userName() { return this.#stream.user.userName; }

    play() {
        this.#participant.play(this.streamID);
        this.#show();
    }

    stop() {
        this.#participant.stopPlaying(this.streamID);
        this.ended();
    }

    /** The server has agreed: what the section receives goes to the loudspeaker. */
    accepted() {
        const track = this.#participant.receiver(this.streamID)?.track;
        if (track && this.#audio.srcObject?.getAudioTracks()[0] !== track) this.#audio.srcObject = new MediaStream([track]);
        this.sound();
        this.#show();
    }

    /** Starts the element, which the browser may refuse before the first click. */
    sound() {
        if (!this.#audio.srcObject) return;
        this.#audio.play().catch((error) => {
            if (error.name === "NotAllowedError") this.blocked();
        });
    }

    ended() {
        this.#audio.srcObject = null;
        this.#figures = [];
        this.#lastPacketAt = 0;
        this.isHeard = false;
        for (const name of ["loss", "jitter", "buffer", "delay"]) this.#parts[name].textContent = "–";
        this.#parts.level.value = 0;
        this.#show();
    }

    microphone(state) {
        this.#microphone = state;
        this.#show();
    }

    level() {
        this.#parts.level.value = this.isHeard ? meterValue(this.#source?.audioLevel ?? 0) : 0;
    }

    get #source() { return this.#participant.receiver(this.streamID)?.getSynchronizationSources?.()[0]; }

    /** Takes the browser's figures of this second; answers whether the stream has just begun to be heard. */
    take(inbound, roundTrip, clockOffset) {
        const now = performance.now();
        const before = this.#figures.at(-1);
        if (before && inbound.packetsReceived < before.packetsReceived) this.#figures = [];
        if (inbound.packetsReceived > (before?.packetsReceived ?? 0)) this.#lastPacketAt = now;
        this.#figures.push(inbound);
        if (this.#figures.length > 6) this.#figures.shift();
        const wasHeard = this.isHeard;
        this.isHeard = this.#lastPacketAt > 0 && now - this.#lastPacketAt < StreamCard.#INTERRUPTED_MS;
        if (this.isHeard !== wasHeard) this.#show();
        this.#showFigures(inbound, roundTrip, clockOffset);
        return this.isHeard && !wasHeard;
    }

    #showFigures(inbound, roundTrip, clockOffset) {
        const first = this.#figures[0];
        const lost = inbound.packetsLost - first.packetsLost;
        const received = inbound.packetsReceived - first.packetsReceived;
        const emitted = inbound.jitterBufferEmittedCount - first.jitterBufferEmittedCount;
        if (received + lost <= 0 || emitted <= 0) return;
        const buffer = (1000 * (inbound.jitterBufferDelay - first.jitterBufferDelay)) / emitted;
        this.#parts.loss.textContent = percent(Math.max(0, lost) / (received + Math.max(0, lost)));
        this.#parts.jitter.textContent = milliseconds(1000 * inbound.jitter);
        this.#parts.buffer.textContent = milliseconds(buffer);
        this.#parts.delay.textContent = milliseconds(endToEndDelay(this.#source, clockOffset) ?? 500 * roundTrip + buffer);
    }

    #show() {
        const isWanted = this.#participant.isPlaying(this.streamID);
        this.#parts.play.textContent = isWanted ? "Stop" : "Play";
        this.#parts.play.setAttribute("aria-label", `${isWanted ? "Stop" : "Play"} ${this.userName}`);
        const playing = this.isHeard ? "playing" : "waiting for sound";
        const microphone = this.#microphone === "open" ? "" : `, ${MICROPHONE_STATES[this.#microphone] ?? this.#microphone}`;
        this.#parts["stream-state"].textContent = `${isWanted ? playing : "not played"}${microphone}`;
    }
}

/**
 * From the far microphone to the sound that leaves this page: the server maps every publisher's capture times to its own
 * clock, and the pings tell how far that is from ours. Null where the browser does not tell them.
 */
function endToEndDelay(source, clockOffset) {
    const NTP_TO_UNIX_MS = 2_208_988_800_000;
    if (!source?.captureTimestamp || clockOffset === null) return null;
    const delay = source.timestamp + clockOffset - (source.captureTimestamp - NTP_TO_UNIX_MS);
    return delay > 0 && delay < 10_000 ? delay : null;
}

/** The document: what is typed and clicked goes to the participant, what happens there is shown. */
class Page {
    static #FIELDS = ["app", "room", "user", "name", "token", "stream"];
    static #STORAGE = "zego-room";
    static #LOG_LINES = 200;
    static #ENDINGS = { "login-failed": true, "reconnect-failed": true, "kick-out": true, logout: true };

    #participant = new Participant((event, detail) => this.#happened(event, detail));
    #microphone = new Microphone();
    #cards = new Map();
    #state = "out";
    #streamID = "";
    #isMuted = false;
    #isOpening = false;
    #ownBytes = null;

    constructor() {
        this.#takeFields();
        this.#on("join-form", "submit", (event) => {
            event.preventDefault();
            if (this.#state === "out") this.#join();
            else this.#participant.leave();
        });
        this.#on("leave", "click", () => this.#participant.leave());
        this.#on("mute", "click", () => this.#mute(!this.#isMuted));
        this.#on("microphone-on", "click", () => this.#openMicrophone());
        this.#on("device", "change", () => this.#openMicrophone());
        this.#on("processing", "change", () => { if (this.#microphone.track) this.#openMicrophone(); });
        this.#on("unblock", "click", () => {
            this.#element("unblock-line").hidden = true;
            for (const card of this.#cards.values()) card.sound();
        });
        window.addEventListener("hashchange", () => this.#takeFields());
        window.addEventListener("online", () => this.#participant.networkChanged());
        navigator.connection?.addEventListener?.("change", () => this.#participant.networkChanged());
        // The others see at once that this page is gone; a page that comes back from the cache is in no room.
        window.addEventListener("pagehide", () => { if (this.#state !== "out") this.#participant.leave(); });
        navigator.mediaDevices?.addEventListener?.("devicechange", () => this.#listDevices());
        setInterval(() => this.#showLevels(), 200);
        setInterval(() => this.#showFigures(), 1000);
        this.#listDevices();
        if (!window.isSecureContext || !navigator.mediaDevices) this.#microphoneProblem(Microphone.wordsFor({}));
    }

    #element(id) { return document.getElementById(id); }

    #on(id, event, action) { this.#element(id).addEventListener(event, action); }

    // Joining and leaving

    /** From the link's fragment, which then leaves the address bar; else what this tab had before it was reloaded. */
    #takeFields() {
        let values = {};
        const fragment = location.hash.slice(1);
        if (fragment) {
            history.replaceState(null, "", location.pathname + location.search);
            for (const pair of fragment.split("&")) {
                const [key, ...rest] = pair.split("=");
                try {
                    values[key] = decodeURIComponent(rest.join("="));
                } catch {
                    values[key] = rest.join("=");
                }
            }
        } else {
            try {
                values = JSON.parse(sessionStorage.getItem(Page.#STORAGE)) ?? {};
            } catch {
                values = {};
            }
        }
        for (const key of Page.#FIELDS) if (typeof values[key] === "string") this.#element(key).value = values[key];
        if (values.app && values.room && values.user && values.token) this.#element("join").focus();
    }

    #join() {
        const values = Object.fromEntries(Page.#FIELDS.map((key) => [key, this.#element(key).value.trim()]));
        const appID = /^\d{1,10}$/.test(values.app) ? Number(values.app) : 0;
        const wrong = [
            ["app", appID > 0 && appID < 2 ** 32, "Give the AppID: a number, as zegoctl app show prints it."],
            ["room", values.room, WORDS[1002011]], ["user", values.user, WORDS[1002005]], ["token", values.token, WORDS[1002067]],
            ["stream", /^[A-Za-z0-9_-]{0,255}$/.test(values.stream), "A streamID has at most 255 letters, digits, '_' and '-'."],
        ].filter(([key, isRight]) => {
            this.#element(key).toggleAttribute("aria-invalid", false);
            if (!isRight) this.#element(key).setAttribute("aria-invalid", "true");
            return !isRight;
        });
        if (wrong.length > 0) {
            const [key, , words] = wrong[0];
            this.#problem(words);
            this.#element(key).closest("details")?.setAttribute("open", "");
            this.#element(key).focus();
            return;
        }
        try {
            sessionStorage.setItem(Page.#STORAGE, JSON.stringify(values));
        } catch {
            // A browser that keeps nothing: after a reload the fields are empty.
        }
        this.#streamID = values.stream || streamIDOf(values.user);
        this.#problem("");
        this.#microphone.wake();
        const user = { userID: values.user, userName: values.name || values.user };
        this.#element("room-heading").textContent = `Room ${values.room}`;
        this.#listUsers({ add: [{ ...user, isSelf: true }] });
        this.#participant.join({ appID, roomID: values.room, user, token: values.token });
        if (this.#microphone.track) this.#publish();
        else this.#openMicrophone();
    }

    #setState(state, text) {
        const status = this.#element("status");
        status.dataset.state = state === "out" ? "out" : state === "in" ? "in" : "trying";
        if (status.textContent !== text) status.textContent = text;
        if (state === this.#state) return;
        const [was, isInside] = [this.#state, state === "in" || state === "back"];
        this.#state = state;
        this.#element("inside").hidden = !isInside;
        this.#element("outside").hidden = isInside;
        this.#element("join").textContent = state === "joining" ? "Cancel" : "Join";
        for (const key of Page.#FIELDS) this.#element(key).disabled = state !== "out";
        if (state === "in" && was !== "back") this.#element("room-heading").focus();
        if (state === "out") this.#left();
    }

    #left() {
        for (const card of this.#cards.values()) {
            card.ended();
            card.element.remove();
        }
        this.#cards.clear();
        this.#countStreams();
        this.#element("users").replaceChildren();
        this.#element("unblock-line").hidden = true;
        this.#element("own-figures").hidden = true;
        this.#closeMicrophone();
        this.#element("join").focus();
    }

    // What happens

    #happened(event, detail) {
        switch (event) {
        case "room-state": this.#roomState(detail); break;
        case "user-update":
            this.#listUsers({ [detail.updateType]: detail.userList });
            for (const { userName } of detail.userList) this.#log(`${userName} ${detail.updateType === "add" ? "came" : "left"}.`);
            break;
        case "online-user-count": this.#element("user-count").textContent = String(detail.count); break;
        case "stream-update":
            for (const stream of detail.streamList) {
                if (detail.updateType === "add") this.#addStream(stream);
                else this.#deleteStream(stream, detail.reasons);
            }
            break;
        case "remote-mic-state": {
            const card = this.#cards.get(detail.streamID);
            card?.microphone(detail.state);
            this.#log(`${card?.userName ?? detail.streamID}: ${MICROPHONE_STATES[detail.state] ?? detail.state}.`);
            break;
        }
        case "publisher-state": this.#publisherState(detail); break;
        case "player-state": this.#playerState(detail); break;
        case "publish-state":
            if (detail.state === "live") this.#log("The room server hears your microphone.");
            else this.#microphoneProblem(wordsFor(detail.errorCode ?? 1003001));
            break;
        case "play-state":
            if (detail.errorCode) this.#log(`${detail.streamID}: ${wordsFor(detail.errorCode)}`);
            break;
        case "media-state":
            if (detail.state === "connected") this.#log("Sound has a way to the room server.");
            else if (detail.state !== "closed") this.#log("The way of the sound broke; looking for another one.");
            break;
        case "token-will-expire":
            this.#log(`The token expires in ${detail.remainSeconds} s. What runs goes on; to join again a new link is needed.`);
            break;
        default: break;
        }
    }

    #roomState({ reason, errorCode = 0, text = "", hint = "" }) {
        if (Page.#ENDINGS[reason]) {
            const words = reason === "logout" ? "" : wordsFor(errorCode, text, hint);
            this.#setState("out", "Not in a room.");
            this.#log(reason === "logout" ? "You left the room." : words);
            this.#problem(words);
        } else if (reason === "logining") {
            this.#setState("joining", text ? `${sentence(text)} Trying again …` : "Joining …");
            if (text) this.#problem("The room server does not answer. It is tried again until you cancel.");
        } else if (reason === "reconnecting") {
            if (this.#state === "in") {
                this.#log(`${sentence(text)} Trying to come back.`);
                this.#problem("The room server is gone. The page comes back by itself as soon as it answers.");
            }
            this.#setState("back", "Coming back …");
        } else {
            this.#problem("");
            this.#setState("in", "In the room.");
            this.#log(reason === "logined" ? "You are in the room." : "Back in the room.");
        }
    }

    #addStream(stream) {
        const card = new StreamCard(stream, this.#participant, {
            changed: () => this.#countStreams(),
            blocked: () => { this.#element("unblock-line").hidden = false; },
        });
        this.#cards.set(stream.streamID, card);
        this.#element("streams").append(card.element);
        this.#countStreams();
        this.#log(`${card.userName} publishes ${stream.streamID}.`);
        if (this.#element("play-all").checked) card.play();
    }

    #deleteStream({ streamID, user }, reasons = []) {
        const card = this.#cards.get(streamID);
        if (!card) return;
        const hadFocus = card.element.contains(document.activeElement);
        card.stop();
        card.element.remove();
        this.#cards.delete(streamID);
        this.#countStreams();
        if (hadFocus) this.#element("room-heading").focus();
        const reason = DELETE_REASONS[reasons.find((entry) => entry.streamID === streamID)?.code];
        this.#log(`${user.userName} publishes ${streamID} no more${reason ? `: ${reason}` : ""}.`);
    }

    #countStreams() {
        this.#element("stream-count").textContent = String(this.#cards.size);
        this.#element("no-streams").hidden = this.#cards.size > 0;
    }

    #playerState({ streamID, state, errorCode, text, hint }) {
        const card = this.#cards.get(streamID);
        if (state === "accepted") {
            card?.accepted();
        } else {
            card?.ended();
            this.#log(`${streamID}: ${wordsFor(errorCode, text, hint)}`);
        }
    }

    #publisherState({ streamID, state, errorCode, text, hint }) {
        if (state === "publishing") {
            this.#element("publishing").textContent = `You publish ${streamID}.`;
            this.#log(`You publish ${streamID}.`);
            return;
        }
        this.#closeMicrophone();
        this.#microphoneProblem(wordsFor(errorCode, text, hint));
    }

    #listUsers({ add = [], delete: gone = [] }) {
        const list = this.#element("users");
        for (const { userID } of gone) [...list.children].find((item) => item.dataset.user === userID)?.remove();
        for (const { userID, userName, isSelf } of add) {
            const item = document.createElement("li");
            item.dataset.user = userID;
            item.textContent = isSelf ? `${userName} (you)` : userName;
            item.title = userID;
            list.append(item);
        }
        this.#element("user-count").textContent = String(list.children.length);
    }

    // The microphone

    async #openMicrophone() {
        if (this.#isOpening) return;
        this.#isOpening = true;
        this.#microphoneProblem("");
        try {
            if (!window.isSecureContext || !navigator.mediaDevices) throw new DOMException("", "SecurityError");
            await this.#microphone.open({
                deviceID: this.#element("device").value,
                processing: this.#element("processing").checked,
                ended: () => this.#microphoneEnded(),
            });
            this.#showMicrophone();
            await this.#listDevices();
            this.#publish();
        } catch (error) {
            this.#microphoneProblem(Microphone.wordsFor(error));
        } finally {
            this.#isOpening = false;
        }
        if (this.#state === "out") this.#closeMicrophone();
    }

    #publish() {
        if (this.#state === "out" || !this.#microphone.track) return;
        this.#microphone.track.enabled = !this.#isMuted;
        if (this.#element("publishing").dataset.wanted === this.#streamID) {
            this.#participant.replaceTrack(this.#microphone.track);
        } else {
            this.#element("publishing").dataset.wanted = this.#streamID;
            this.#participant.publish(this.#streamID, this.#microphone.track);
        }
        this.#participant.setMicrophoneState(this.#isMuted ? "mute" : "open");
    }

    #microphoneEnded() {
        this.#participant.setMicrophoneState("unplugged");
        this.#microphone.close();
        this.#showMicrophone();
        this.#microphoneProblem("The microphone was unplugged. Plug it in or choose another one, then turn it on here.");
    }

    #closeMicrophone() {
        this.#participant.stopPublishing();
        this.#microphone.close();
        this.#mute(false);
        delete this.#element("publishing").dataset.wanted;
        this.#element("publishing").textContent = "";
        this.#showMicrophone();
    }

    #mute(isMuted) {
        this.#isMuted = isMuted;
        if (this.#microphone.track) this.#microphone.track.enabled = !isMuted;
        this.#participant.setMicrophoneState(isMuted ? "mute" : "open");
        this.#element("mute").setAttribute("aria-pressed", String(isMuted));
    }

    #showMicrophone() {
        const isOn = this.#microphone.track !== null;
        this.#element("mute").disabled = !isOn;
        this.#element("microphone-on").hidden = isOn;
    }

    async #listDevices() {
        const devices = (await navigator.mediaDevices?.enumerateDevices?.()) ?? [];
        const select = this.#element("device");
        const chosen = select.value;
        // Without a permission they have neither names nor identities.
        const microphones = devices.filter(({ kind, deviceId }) => kind === "audioinput" && deviceId && deviceId !== "default");
        const options = microphones.map(({ label, deviceId }, index) => new Option(label || `Microphone ${index + 1}`, deviceId));
        select.replaceChildren(new Option("Default", ""), ...options);
        if (microphones.some(({ deviceId }) => deviceId === chosen)) select.value = chosen;
    }

    // Figures

    #showLevels() {
        this.#element("own-level").value = this.#isMuted ? 0 : meterValue(this.#microphone.level);
        for (const card of this.#cards.values()) card.level();
    }

    async #showFigures() {
        if (this.#state === "out") return;
        const figures = await this.#participant.figures();
        if (!figures) return;
        const reports = [...figures.report.values()];
        const pair = reports.find(({ type, nominated, state }) => type === "candidate-pair" && nominated && state === "succeeded");
        for (const report of reports) {
            const key = figures.mids.get(report.mid);
            if (report.type === "inbound-rtp" && key?.startsWith("play:")) {
                const card = this.#cards.get(key.slice("play:".length));
                if (card?.take(report, pair?.currentRoundTripTime ?? 0, figures.clockOffset)) this.#log(`You hear ${card.userName}.`);
            } else if (report.type === "outbound-rtp" && key === "publish") {
                this.#showOwn(report, reports.find(({ type, localId }) => type === "remote-inbound-rtp" && localId === report.id), pair);
            }
        }
    }

    #showOwn({ bytesSent, timestamp }, remote, pair) {
        this.#element("own-figures").hidden = false;
        const before = this.#ownBytes;
        this.#ownBytes = { bytesSent, timestamp };
        if (before && timestamp > before.timestamp && bytesSent >= before.bytesSent) {
            const rate = (8 * (bytesSent - before.bytesSent)) / (timestamp - before.timestamp);
            this.#element("own-rate").textContent = `${rate.toFixed(0)} kbit/s`;
        }
        if (remote?.fractionLost !== undefined) this.#element("own-loss").textContent = percent(remote.fractionLost);
        if (remote?.jitter !== undefined) this.#element("own-jitter").textContent = milliseconds(1000 * remote.jitter);
        const roundTrip = remote?.roundTripTime ?? pair?.currentRoundTripTime;
        if (roundTrip !== undefined) this.#element("own-rtt").textContent = `${(1000 * roundTrip).toFixed(1)} ms`;
    }

    // Words

    #problem(text) { this.#showProblem("problem", text); }

    #microphoneProblem(text) {
        this.#showProblem("microphone-problem", text);
        if (text) this.#log(text);
    }

    #showProblem(id, text) {
        const element = this.#element(id);
        if (element.textContent !== text) element.textContent = text;
        element.hidden = text === "";
    }

    #log(text) {
        const log = this.#element("log");
        const isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 8;
        const item = document.createElement("li");
        const time = document.createElement("time");
        const now = new Date();
        time.dateTime = now.toISOString();
        time.textContent = now.toLocaleTimeString();
        item.append(time, text);
        log.append(item);
        while (log.children.length > Page.#LOG_LINES) log.firstElementChild.remove();
        if (isAtEnd) log.scrollTop = log.scrollHeight;
    }
}

function sentence(text) { return text ? `${text[0].toUpperCase()}${text.slice(1)}.` : ""; }

/** A streamID for a user: what is not allowed in one is written as its code. */
function streamIDOf(userID) {
    const name = userID.replace(/[^A-Za-z0-9-]/gu, (character) => `_${character.codePointAt(0).toString(16)}`);
    return `${name.slice(0, 240)}-microphone`;
}

new Page();
