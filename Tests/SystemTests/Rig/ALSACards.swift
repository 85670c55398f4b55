import FoundationEssentials

/// Virtual sound cards behind the real ALSA API: the plug-in of `Rig/ztest`, clocked by CLOCK_MONOTONIC, reads what the microphone hears from a
/// file and writes what the loudspeaker plays to a file.
struct ALSACards {
    let directory: TemporaryDirectory

    /// Given to a daemon, it sees the cards `ztest_mic` and `ztest_speaker` beside everything that the machine has.
    var environment: [String: String] { ["ALSA_CONFIG_PATH": directory.file("asound.conf")] }
    var heardPath: String { directory.file("speaker.raw") }
    private var saidPath: String { directory.file("microphone.raw") }

    /// - Parameter microphone: what the microphone hears, over and over.
    init(microphone: WAVFile, microphonePPM: Double = 0, speakerPPM: Double = 0) throws {
        directory = try TemporaryDirectory()
        try microphone.writeRaw(to: directory.file("microphone.raw"))
        let library = try Self.library.get()
        try Files.write(
            """
            </usr/share/alsa/alsa.conf>
            pcm_type.ztest { lib "\(library)" }
            pcm.ztest_mic { type ztest file "\(directory.file("microphone.raw"))" ppm \(microphonePPM) loop 1 format "S16_LE" channels 1 stamp 1 }
            pcm.ztest_speaker { type ztest file "\(directory.file("speaker.raw"))" ppm \(speakerPPM) format "S16_LE" channels 1 stamp 1 }

            """, to: directory.file("asound.conf"))
    }

    /// Times of the first samples of both files, in seconds of the monotonic clock.
    func starts() throws -> (reference: Double, recording: Double) {
        let times = try [saidPath, heardPath].map { path -> Double in
            let text = try Files.text("\(path).start").split(whereSeparator: \.isWhitespace).first ?? ""
            guard let time = Double(text) else { throw WaitedInVain(description: "\(path).start says \(text)") }
            return time
        }
        return (times[0], times[1])
    }

    /// Seconds of sound in the loudspeaker's file.
    func heardSeconds() -> Double {
        let attributes = try? FileManager.default.attributesOfItem(atPath: heardPath)
        return Double((attributes?[.size] as? UInt64) ?? 0) / 2 / Double(WAVFile.rate)
    }

    /// The plug-in, built once.
    private static let library = Result { () throws -> String in
        let place = "\(Programs.directory)/rig-ztest"
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        let sources = "\(Programs.repository)/Tests/SystemTests/Rig/ztest"
        let files = try FileManager.default.contentsOfDirectory(atPath: sources).filter { $0.hasSuffix(".c") }.map {
            "\(sources)/\($0)"
        }
        let library = "\(place)/libasound_module_pcm_ztest.so"
        try Command.demand(
            ["gcc", "-O2", "-Wall", "-shared", "-fPIC", "-o", library] + files.sorted() + ["-lasound", "-lm"])
        return library
    }
}
