import JSONRPC

/// What a call answers that has nothing else to say.
package struct CallResult: Sendable, Equatable {
    /// The sequence number of the last event when the call was done: no event that it caused has a later one.
    package let lastSeq: UInt64

    package init(lastSeq: UInt64) {
        self.lastSeq = lastSeq
    }
}

/// The answer of `loginRoom`; a refused login is thrown as a `ZegoError`.
package struct LoginOutcome: Sendable, Equatable {
    /// 0 when logged in, or when the call did not wait.
    package let errorCode: Int
    /// `roomSessionID`, once it is known.
    package let extendedData: JSONObject
    package let lastSeq: UInt64

    package init(errorCode: Int, extendedData: JSONObject, lastSeq: UInt64) {
        self.errorCode = errorCode
        self.extendedData = extendedData
        self.lastSeq = lastSeq
    }
}

/// The answer of `startPublishing`; a final failure is thrown as a `ZegoError`.
package struct PublishResult: Sendable, Equatable {
    package let streamID: String
    package let channel: PublishChannel
    package let state: PublisherState
    package let lastSeq: UInt64

    package init(streamID: String, channel: PublishChannel, state: PublisherState, lastSeq: UInt64) {
        self.streamID = streamID
        self.channel = channel
        self.state = state
        self.lastSeq = lastSeq
    }
}

/// The answer of `startPlaying`; a final failure is thrown as a `ZegoError`.
package struct PlayResult: Sendable, Equatable {
    package let streamID: String
    package let state: PlayerState
    package let lastSeq: UInt64

    package init(streamID: String, state: PlayerState, lastSeq: UInt64) {
        self.streamID = streamID
        self.state = state
        self.lastSeq = lastSeq
    }
}

/// The answer of `getAudioDeviceList`.
package struct DeviceListResult: Sendable, Equatable {
    /// One sound device.
    package struct Device: Sendable, Equatable {
        /// What `useAudioDevice` and the configuration take: the ALSA PCM name.
        package let deviceID: String
        /// For people.
        package let deviceName: String

        package init(deviceID: String, deviceName: String) {
            self.deviceID = deviceID
            self.deviceName = deviceName
        }
    }

    package let devices: [Device]
    package let lastSeq: UInt64

    package init(devices: [Device], lastSeq: UInt64) {
        self.devices = devices
        self.lastSeq = lastSeq
    }
}
