import JSONRPC
import RoomModel

/// Everything about the engine that `status` shows, at one moment: kept in memory under a mutex and read at once,
/// whatever the engine is doing.
package struct EngineSnapshot: Sendable, Equatable {
    /// A room, from `logining` until the next login after its end.
    package struct Room: Sendable, Equatable {
        package var roomID: String
        package var reason: RoomStateReason
        package var errorCode: Int
        package var user: User
        /// Empty until logged in.
        package var roomSessionID: String
        package var isUserStatusNotify: Bool
        package var userList: [User]
        package var streamList: [StreamDescription]
        package var onlineUserCount: Int
        package var roomExtraInfo: JSONObject

        package init(
            roomID: String, reason: RoomStateReason, errorCode: Int, user: User, roomSessionID: String,
            isUserStatusNotify: Bool, userList: [User], streamList: [StreamDescription], onlineUserCount: Int,
            roomExtraInfo: JSONObject
        ) {
            self.roomID = roomID
            self.reason = reason
            self.errorCode = errorCode
            self.user = user
            self.roomSessionID = roomSessionID
            self.isUserStatusNotify = isUserStatusNotify
            self.userList = userList
            self.streamList = streamList
            self.onlineUserCount = onlineUserCount
            self.roomExtraInfo = roomExtraInfo
        }
    }

    /// A publish channel that is or was asked to publish; gone after `stopPublishing`.
    package struct Publisher: Sendable, Equatable {
        package var streamID: String
        /// Empty for a stream that goes to a WHIP server.
        package var roomID: String
        /// The origin of the WHIP server; of its URL no more is ever shown.
        package var whip: String?
        package var channel: PublishChannel
        package var state: PublisherState
        package var errorCode: Int
        package var source: String
        package var muted: Bool
        /// Nil until the first figures.
        package var quality: PublisherQuality?

        package init(
            streamID: String, roomID: String, whip: String? = nil, channel: PublishChannel, state: PublisherState,
            errorCode: Int, source: String, muted: Bool, quality: PublisherQuality?
        ) {
            self.streamID = streamID
            self.roomID = roomID
            self.whip = whip
            self.channel = channel
            self.state = state
            self.errorCode = errorCode
            self.source = source
            self.muted = muted
            self.quality = quality
        }
    }

    /// A stream that is asked for; gone after `stopPlaying`.
    package struct Player: Sendable, Equatable {
        package var streamID: String
        /// Empty for a stream that comes from a WHEP server.
        package var roomID: String
        /// The origin of the WHEP server; of its URL no more is ever shown.
        package var whep: String?
        package var state: PlayerState
        package var errorCode: Int
        package var volume: Int
        package var muted: Bool
        package var quality: PlayerQuality?

        package init(
            streamID: String, roomID: String, whep: String? = nil, state: PlayerState, errorCode: Int, volume: Int,
            muted: Bool, quality: PlayerQuality?
        ) {
            self.streamID = streamID
            self.roomID = roomID
            self.whep = whep
            self.state = state
            self.errorCode = errorCode
            self.volume = volume
            self.muted = muted
            self.quality = quality
        }
    }

    /// A sound device in use.
    package struct Device: Sendable, Equatable {
        package var deviceID: String
        package var state: String
        package var errorCode: Int

        package init(deviceID: String, state: String, errorCode: Int) {
            self.deviceID = deviceID
            self.state = state
            self.errorCode = errorCode
        }
    }

    /// The sound side.
    package struct Audio: Sendable, Equatable {
        /// Where the time of a voice goes, in milliseconds: the first two and the network of what is published, the network
        /// and the last three of what is played. Nil: not known, because nothing goes that way.
        package struct Delay: Sendable, Equatable {
            /// How old the newest sample is when a block is taken from the card.
            package var capture: Double?
            /// The frame, Opus' look-ahead (both ends of it), and echo, noise and gain.
            package var encode: Double?
            /// One way between here and the room server: half the round trip.
            package var network: Double?
            /// What a packet that came by the fastest way waits until it is decoded.
            package var buffer: Double?
            /// What its sound waits then for its turn in the mix: behind what was decoded before, and for what is looked
            /// ahead.
            package var decode: Double?
            /// The limiter and the card's queue.
            package var playback: Double?

            package init(
                capture: Double? = nil, encode: Double? = nil, network: Double? = nil, buffer: Double? = nil,
                decode: Double? = nil, playback: Double? = nil
            ) {
                self.capture = capture
                self.encode = encode
                self.network = network
                self.buffer = buffer
                self.decode = decode
                self.playback = playback
            }
        }

        package var input: Device
        package var output: Device
        /// Whether the audio thread runs under SCHED_FIFO.
        package var realtime: Bool
        package var periodMs: Double
        package var xruns: Int
        package var muteMicrophone: Bool
        package var muteSpeaker: Bool
        package var captureVolume: Int
        /// What is asked for; whether a device has it is another matter.
        package var processing: ProcessingSettings
        package var delayMs: Delay
        /// Turns of the audio thread's loop: a watchdog sees by it whether the thread turns.
        package var audioThreadTurns: UInt64
        /// Blocks of 10 ms that began more than 10 ms late where no card paces them.
        package var lateBlocks = 0

        package init(
            input: Device, output: Device, realtime: Bool, periodMs: Double, xruns: Int, muteMicrophone: Bool,
            muteSpeaker: Bool, captureVolume: Int, processing: ProcessingSettings, delayMs: Delay,
            audioThreadTurns: UInt64
        ) {
            self.input = input
            self.output = output
            self.realtime = realtime
            self.periodMs = periodMs
            self.xruns = xruns
            self.muteMicrophone = muteMicrophone
            self.muteSpeaker = muteSpeaker
            self.captureVolume = captureVolume
            self.processing = processing
            self.delayMs = delayMs
            self.audioThreadTurns = audioThreadTurns
        }
    }

    /// A file that is being recorded.
    package struct Recording: Sendable, Equatable {
        package var path: String
        package var type: RecordingType

        package init(path: String, type: RecordingType) {
            self.path = path
            self.type = type
        }
    }

    /// The media path to the room server.
    package struct Network: Sendable, Equatable {
        /// Empty until a path is chosen.
        package var local: String
        package var remote: String
        /// `new`, `checking`, `connected`, `disconnected`, `failed`, `closed`.
        package var ice: String
        /// Whether a TURN server is in between.
        package var relay: Bool
        /// Nil until a path is chosen.
        package var transport: NetworkTransport?
        /// Datagrams that were neither STUN, DTLS nor media of ours, or failed to open.
        package var datagramsDropped: UInt64
        package var retransmissions = RetransmissionCounts()
        package var sending = SendingFigures()
        /// Turns of the media thread's loop.
        package var mediaThreadTurns: UInt64

        package init(
            local: String, remote: String, ice: String, relay: Bool, transport: NetworkTransport? = nil,
            datagramsDropped: UInt64, mediaThreadTurns: UInt64
        ) {
            self.local = local
            self.remote = remote
            self.ice = ice
            self.relay = relay
            self.transport = transport
            self.datagramsDropped = datagramsDropped
            self.mediaThreadTurns = mediaThreadTurns
        }
    }

    package var state: EngineState
    package var appID: UInt32
    package var server: String
    package var scenario: Scenario
    package var roomMode: RoomMode
    /// In the order of their logins.
    package var rooms: [Room]
    /// In the order of the channels.
    package var publishers: [Publisher]
    /// In the order of their calls.
    package var players: [Player]
    package var audio: Audio
    /// In the order of their calls.
    package var recordings: [Recording]
    package var network: Network
    /// The sequence number of the last event that is contained in this snapshot.
    package var lastSeq: UInt64

    package init(
        state: EngineState, appID: UInt32, server: String, scenario: Scenario, roomMode: RoomMode, rooms: [Room],
        publishers: [Publisher], players: [Player], audio: Audio, recordings: [Recording], network: Network,
        lastSeq: UInt64
    ) {
        self.state = state
        self.appID = appID
        self.server = server
        self.scenario = scenario
        self.roomMode = roomMode
        self.rooms = rooms
        self.publishers = publishers
        self.players = players
        self.audio = audio
        self.recordings = recordings
        self.network = network
        self.lastSeq = lastSeq
    }
}
