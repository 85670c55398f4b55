import Glibc
import RoomModel
import Testing
import VoiceEngine

@Suite final class FilesDirectoryTests {
    private let root: String
    private let files: FilesDirectory

    init() throws {
        var template = Array("/tmp/voice-engine-files-XXXXXX".utf8CString)
        let made = try #require(mkdtemp(&template))
        root = String(cString: made)
        files = FilesDirectory(path: root + "/media/")
        for directory in ["/media", "/media/inside", "/elsewhere"] { mkdir(root + directory, 0o700) }
        for file in ["/media/a.wav", "/media/inside/b.wav", "/elsewhere/c.wav"] { write(file) }
        symlink(root + "/elsewhere/c.wav", root + "/media/link.wav")
        symlink(root + "/elsewhere", root + "/media/away")
        mkfifo(root + "/media/pipe", 0o600)
    }

    deinit {
        for path in [
            "/media/a.wav", "/media/new.wav", "/media/inside/b.wav", "/elsewhere/c.wav", "/media/link.wav",
            "/media/away",
            "/media/pipe", "/media/call.ogg", "/media/call-2.ogg", "/media/call-3.ogg",
        ] { unlink(root + path) }
        for path in ["/media/inside", "/media", "/elsewhere", ""] { rmdir(root + path) }
    }

    private func write(_ path: String) {
        close(open(root + path, O_WRONLY | O_CREAT, 0o600))
    }

    @Test func whatLiesBelowIsFound() throws {
        for name in ["a.wav", "./a.wav", "inside/b.wav", "inside//b.wav", root + "/media/inside/b.wav"] {
            let file = try files.openForReading(name)
            #expect(access(file.path, R_OK) == 0)
            #expect(file.name == name)
        }
    }

    @Test(arguments: [
        "", ".", "/", "..", "../elsewhere/c.wav", "inside/../a.wav", "/etc/passwd", "link.wav", "away/c.wav", "pipe",
        "inside",
        "missing.wav", "a.wav/x",
    ])
    func whatDoesNotIsRefused(_ name: String) throws {
        do {
            _ = try files.openForReading(name)
            Issue.record("\(name) was opened")
        } catch {
            #expect(error.code == .illegalParameter)
            #expect(error.message.contains(root + "/media"))
        }
    }

    @Test func nothingIsOverwritten() throws {
        for name in ["a.wav", "link.wav", "../elsewhere/new.wav", "away/new.wav"] {
            #expect(throws: ZegoError.self) { try self.files.createForWriting(name) }
        }
        _ = try files.createForWriting("new.wav")
        #expect(access(root + "/media/new.wav", F_OK) == 0)
        #expect(throws: ZegoError.self) { try self.files.createForWriting("new.wav") }
    }

    @Test("a file that exists stays, goes, or gets a neighbour with the next free number")
    func numbers() throws {
        let first = try files.createForWriting("call.ogg", existing: .number)
        #expect(first.name == "call.ogg")
        let second = try files.createForWriting("call.ogg", existing: .number)
        #expect(second.name == "call-2.ogg" && second.path.hasSuffix("/call-2.ogg"))
        #expect(try files.createForWriting("call.ogg", existing: .number).name == "call-3.ogg")
        #expect(try files.createForWriting("call.ogg", existing: .replace).name == "call.ogg")
        #expect(throws: ZegoError.self) { try self.files.createForWriting("call.ogg") }
        #expect(NumberedName.make("a.b/c", 2) == "a.b/c-2" && NumberedName.make("a/.x", 3) == "a/.x-3")
        for name in ["call-2.ogg", "call-17.ogg"] { #expect(NumberedName.isContinuation(name, of: "call.ogg")) }
        for name in ["call.ogg", "call-1.ogg", "call-.ogg", "call-2.wav", "call-x.ogg", "all-2.ogg", "call-2-3.ogg"] {
            #expect(!NumberedName.isContinuation(name, of: "call.ogg"), "\(name)")
        }
    }
}
