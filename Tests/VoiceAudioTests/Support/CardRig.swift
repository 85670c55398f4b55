import Glibc
import Synchronization
import VoiceAudio

/// The test card (Tests/SystemTests/Rig/ztest), built once for this process, and the ALSA configuration that has it.
///
/// alsa-lib reads its configuration once: every test that names a PCM goes through ``shared`` first. One parametrised
/// PCM serves them all: `ztest:FILE=…,FAULT=…,PPM=…`.
final class CardRig: Sendable {
    struct Failure: Error { let reason: String }

    static let shared = Result { try CardRig() }

    private let path: String
    private let configuration: String
    private let definitions = Mutex<[String: String]>([:])

    /// Makes `name` stand for another PCM.
    func define(_ name: String, as pcm: String) {
        definitions.withLock { definitions in
            definitions[name] = pcm
            let lines = definitions.map { "pcm.\($0.key) \"\($0.value)\"" }.sorted()
            let text = ([configuration] + lines).joined(separator: "\n") + "\n"
            // In one piece: other tests read it at any moment.
            if TextFile.write(text, to: path + ".new") { rename(path + ".new", path) }
        }
    }

    private init() throws {
        var template = Array("/tmp/zegod-cards-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Failure(reason: "no directory") }
        let directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let tests = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let library = directory + "/libasound_module_pcm_ztest.so"
        let source = "/\(tests)/SystemTests/Rig/ztest/pcm_ztest.c"
        guard Subprocess.run("/usr/bin/gcc", "-O2", "-shared", "-fPIC", "-o", library, source, "-lasound", "-lm") == 0
        else { throw Failure(reason: "gcc") }
        configuration = """
            </usr/share/alsa/alsa.conf>
            pcm_type.ztest { lib "\(library)" }
            pcm.ztest {
                @args [ FILE FAULT PPM LOOP FORMAT RATE CHANNELS GRANULARITY LATENCY STAMP ]
                @args.FILE { type string }
                @args.FAULT { type string default "/nonexistent" }
                @args.PPM { type real default 0 }
                @args.LOOP { type integer default 0 }
                @args.FORMAT { type string default "S16_LE" }
                @args.RATE { type integer default 0 }
                @args.CHANNELS { type integer default 1 }
                @args.GRANULARITY { type integer default 0 }
                @args.LATENCY { type integer default 0 }
                @args.STAMP { type integer default 0 }
                type ztest file $FILE fault $FAULT ppm $PPM loop $LOOP format $FORMAT rate $RATE channels $CHANNELS
                granularity $GRANULARITY latency $LATENCY stamp $STAMP
            }
            """
        path = directory + "/asound.conf"
        guard TextFile.write(configuration, to: path) else {
            throw Failure(reason: "asound.conf")
        }
        setenv("ALSA_CONFIG_PATH", path, 1)
    }
}
