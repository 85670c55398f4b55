import CALSA
import Glibc

/// An open ALSA PCM and how it was configured. A plain value: the device helper opens it, hands it to the audio thread
/// inside a ``CardCapture`` or ``CardPlayback``, gets it back and closes it; at any time one of them uses it.
///
/// `@unchecked Sendable`: what the pointers mean has that one user at a time.
struct AlsaPCM: BitwiseCopyable, @unchecked Sendable {
    let pcm: OpaquePointer
    /// Kept for changing `avail_min` while it runs.
    let softwareParameters: OpaquePointer
    let format: SampleFormat
    let channels: Int
    /// Frames.
    let period: Int
    let buffer: Int

    /// Opens and configures a PCM: 48 kHz, interleaved, non-blocking, started by hand. A card that has no such rate or
    /// no format of ours is opened once more through ALSA's `plug`, which converts.
    ///
    /// The buffer of a capture is slack that costs no delay: eight periods. That of a playback is what may be queued
    /// at most: four; how much of it is used, ``CardPlayback`` decides.
    static func open(
        _ name: String, direction: AudioDirection, channels: Int, period: Int
    ) throws(AudioError) -> AlsaPCM {
        do {
            return try openAsItIs(name, direction: direction, channels: channels, period: period)
        } catch {
            guard case .deviceUnusable = error, !name.hasPrefix("plug") else { throw error }
            let quote = name.contains("'") ? "\"" : "'"
            let converted = "plug:\(quote)\(name)\(quote)"
            do {
                return try openAsItIs(converted, direction: direction, channels: channels, period: period)
            } catch {}
            throw error
        }
    }

    private static func openAsItIs(
        _ name: String, direction: AudioDirection, channels: Int, period: Int
    ) throws(AudioError) -> AlsaPCM {
        let stream = direction == .input ? SND_PCM_STREAM_CAPTURE : SND_PCM_STREAM_PLAYBACK
        var opened: OpaquePointer?
        let (code, messages) = AlsaMessages.collecting { snd_pcm_open(&opened, name, stream, Int32(SND_PCM_NONBLOCK)) }
        guard code == 0, let pcm = opened else {
            throw error(name, code: code, detail: messages.last ?? "")
        }
        var configured: Result<AlsaPCM, AudioError> = .failure(.stopped)
        let said = AlsaMessages.collecting {
            configured = Result { () throws(AudioError) in
                try configure(pcm, name, direction, channels: channels, period: period)
            }
        }
        switch configured {
        case .success(let device):
            return device
        case .failure(.deviceUnusable(_, let detail)):
            snd_pcm_close(pcm)
            let reason = said.messages.last.map { "\(detail) (\($0))" } ?? detail
            throw .deviceUnusable(name: name, detail: reason)
        case .failure(let error):
            snd_pcm_close(pcm)
            throw error
        }
    }

    /// Stops and closes it.
    func close() {
        _ = AlsaMessages.collecting {
            snd_pcm_drop(pcm)
            snd_pcm_close(pcm)
        }
        snd_pcm_sw_params_free(softwareParameters)
    }

    /// What a failed call means to the one who configures the device.
    static func error(_ name: String, code: Int32, detail: String) -> AudioError {
        switch -code {
        case ENOENT, ENODEV, ENXIO: .unknownDevice(name: name, detail: detail)
        case EBUSY, EAGAIN: .deviceBusy(name: name)
        case EACCES, EPERM: .deviceForbidden(name: name)
        default: .deviceUnusable(name: name, detail: detail.isEmpty ? String(cString: snd_strerror(code)) : detail)
        }
    }

    private static func configure(
        _ pcm: OpaquePointer, _ name: String, _ direction: AudioDirection, channels: Int, period wantedPeriod: Int
    ) throws(AudioError) -> AlsaPCM {
        func check(_ code: Int32, _ what: String) throws(AudioError) {
            guard code < 0 else { return }
            throw .deviceUnusable(name: name, detail: "\(what): \(String(cString: snd_strerror(code)))")
        }
        var allocated: OpaquePointer?
        try check(snd_pcm_hw_params_malloc(&allocated), "memory")
        guard let hardware = allocated else { throw .deviceUnusable(name: name, detail: "memory") }
        defer { snd_pcm_hw_params_free(hardware) }
        try check(snd_pcm_hw_params_any(pcm, hardware), "no configuration available")
        try check(
            snd_pcm_hw_params_set_access(pcm, hardware, SND_PCM_ACCESS_RW_INTERLEAVED), "no interleaved access")
        guard
            let format = SampleFormat.all.first(where: {
                snd_pcm_hw_params_test_format(pcm, hardware, $0.alsaFormat) == 0
            })
        else {
            throw .deviceUnusable(
                name: name, detail: "it has neither float, 32 nor 16 bit samples, and ALSA cannot convert")
        }
        try check(snd_pcm_hw_params_set_format(pcm, hardware, format.alsaFormat), "sample format")
        var count = UInt32(channels)
        try check(snd_pcm_hw_params_set_channels_near(pcm, hardware, &count), "number of channels")
        guard snd_pcm_hw_params_set_rate(pcm, hardware, UInt32(AudioLimits.sampleRate), 0) == 0 else {
            throw .deviceUnusable(
                name: name, detail: "it does not run at 48000 Hz, and ALSA cannot convert")
        }
        var period = snd_pcm_uframes_t(wantedPeriod)
        var directionHint: Int32 = 0
        try check(snd_pcm_hw_params_set_period_size_near(pcm, hardware, &period, &directionHint), "period")
        // At least two blocks fit and one more period, whatever the period is.
        let periods = snd_pcm_uframes_t(direction == .input ? 8 : 4)
        var buffer = max(period * periods, snd_pcm_uframes_t(3 * AudioLimits.blockSamples))
        try check(snd_pcm_hw_params_set_buffer_size_near(pcm, hardware, &buffer), "buffer")
        try check(snd_pcm_hw_params(pcm, hardware), "configuration refused")
        guard Int(buffer) >= 2 * AudioLimits.blockSamples, period <= buffer / 2, count >= 1, count <= 32 else {
            throw .deviceUnusable(name: name, detail: "its buffer of \(buffer) frames is too short")
        }
        let software = try softwareParameters(pcm, name)
        return AlsaPCM(
            pcm: pcm, softwareParameters: software, format: format, channels: Int(count), period: Int(period),
            buffer: Int(buffer))
    }

    private static func softwareParameters(_ pcm: OpaquePointer, _ name: String) throws(AudioError) -> OpaquePointer {
        var allocated: OpaquePointer?
        guard snd_pcm_sw_params_malloc(&allocated) == 0, let software = allocated else {
            throw .deviceUnusable(name: name, detail: "memory")
        }
        var boundary: snd_pcm_uframes_t = 0
        var code = snd_pcm_sw_params_current(pcm, software)
        if code == 0 { code = snd_pcm_sw_params_get_boundary(software, &boundary) }
        if code == 0 { code = snd_pcm_sw_params_set_start_threshold(pcm, software, boundary) }
        if code == 0 { code = snd_pcm_sw_params(pcm, software) }
        guard code == 0 else {
            snd_pcm_sw_params_free(software)
            throw .deviceUnusable(name: name, detail: String(cString: snd_strerror(code)))
        }
        return software
    }
}
