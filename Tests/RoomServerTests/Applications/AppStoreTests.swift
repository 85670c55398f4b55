import Glibc
import RoomModel
import RoomServer
import Testing
import Transport

@Suite("The applications' file")
struct AppStoreTests {
    /// A directory of its own for each test, removed with what is in it.
    private final class Directory {
        let path: String

        init() throws {
            var template = Array("/tmp/zego-apps-XXXXXX".utf8CString)
            path = try #require(mkdtemp(&template).map { String(cString: $0) })
        }

        deinit {
            for name in names { unlink("\(path)/\(name)") }
            rmdir(path)
        }

        var names: [String] {
            guard let directory = opendir(path) else { return [] }
            defer { closedir(directory) }
            var names: [String] = []
            while let entry = readdir(directory) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                    pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                if name != ".", name != ".." { names.append(name) }
            }
            return names.sorted()
        }

        func write(_ text: String, mode: mode_t = 0o600) {
            let descriptor = Glibc.open("\(path)/apps.json", O_WRONLY | O_CREAT | O_TRUNC, mode)
            _ = text.withCString { Glibc.write(descriptor, $0, strlen($0)) }
            fchmod(descriptor, mode)
            close(descriptor)
        }

        func mode() -> mode_t {
            var status = stat()
            stat("\(path)/apps.json", &status)
            return status.st_mode & 0o777
        }
    }

    private static func open(
        _ directory: Directory, fixed: [AppCredentials] = []
    ) throws(AppStoreError) -> AppStore {
        var random = RandomSource.system
        return try AppStore(stateDirectory: directory.path, fixed: fixed, random: &random)
    }

    private static func fixedApplication(_ seed: UInt64) throws -> AppCredentials {
        var random = RandomSource.seeded(seed)
        return try AppCredentials(random: &random)
    }

    @Test("the first start makes one application, the next ones find it")
    func firstStart() throws {
        let directory = try Directory()
        let store = try Self.open(directory)
        let app = try #require(store.first)
        #expect(store.all == [app])
        #expect(app.appSign.hexadecimal.count == 64)
        #expect(app.serverSecret.text.count == 32)
        #expect(directory.mode() == 0o600)
        #expect(directory.names == ["apps.json"])
        #expect(store.notices.count == 1)
        #expect(!store.notices[0].contains(app.appSign.hexadecimal))
        let again = try Self.open(directory)
        #expect(again.all == [app])
        #expect(again.notices == [])
        #expect(again.credentials(app.appID) == app)
    }

    @Test("a missing state directory is made")
    func missingDirectory() throws {
        let directory = try Directory()
        var random = RandomSource.system
        let deep = directory.path + "/a/b"
        #expect(try AppStore(stateDirectory: deep, random: &random).all.count == 1)
        unlink(deep + "/apps.json")
        rmdir(deep)
        rmdir(directory.path + "/a")
    }

    @Test("applications of the configuration need no file, and count before those in it")
    func fixed() throws {
        let directory = try Directory()
        let app = try Self.fixedApplication(1)
        let store = try Self.open(directory, fixed: [app])
        #expect(store.all == [app] && store.isFixed(app.appID))
        #expect(directory.names == [])
        let made = try #require(try Self.open(directory).first)
        let both = try Self.open(directory, fixed: [app])
        #expect(both.all == [app, made])
        let same = AppCredentials(appID: made.appID, appSign: app.appSign, serverSecret: app.serverSecret)
        let overlaid = try Self.open(directory, fixed: [same])
        #expect(overlaid.all == [same])
        #expect(overlaid.notices.count == 1)
    }

    @Test(
        "a damaged file is set aside under a new name, never overwritten",
        arguments: [
            "", "{", "[]", #"{"version":2,"applications":[]}"#, #"{"version":1}"#,
            #"{"version":1,"applications":[{"appID":0,"appSign":"","serverSecret":""}]}"#,
            #"{"version":1,"applications":[{"appID":5,"appSign":"zz","serverSecret":"x"}]}"#,
        ])
    func damage(text: String) throws {
        let directory = try Directory()
        directory.write(text)
        let store = try Self.open(directory)
        #expect(store.all.count == 1)
        #expect(store.notices.first?.contains("damaged") ?? false)
        let aside = try #require(directory.names.first { $0.hasPrefix("apps.json.damaged-") })
        #expect(directory.names.count == 2)
        var status = stat()
        stat("\(directory.path)/\(aside)", &status)
        #expect(Int(status.st_size) == text.utf8.count)
        // Damaged once more: another name.
        directory.write("again")
        _ = try Self.open(directory)
        #expect(directory.names.count == 3)
    }

    @Test("a file that others can read is refused, with the command that helps")
    func readableByOthers() throws {
        let directory = try Directory()
        directory.write("{}", mode: 0o644)
        #expect { try Self.open(directory) } throws: { "\($0)".contains("chmod 600") }
        #expect(directory.names == ["apps.json"])
    }

    @Test("what is no regular file is refused")
    func notAFile() throws {
        let directory = try Directory()
        symlink("/etc/passwd", "\(directory.path)/apps.json")
        #expect(throws: AppStoreError.self) { try Self.open(directory) }
    }

    @Test("applications are made, changed and deleted, and the file is always whole and private")
    func changes() throws {
        let directory = try Directory()
        let fixed = try Self.fixedApplication(1)
        let store = try Self.open(directory, fixed: [fixed])
        let made = try store.create()
        #expect(store.all == [fixed, made])
        #expect(directory.names == ["apps.json"] && directory.mode() == 0o600)
        #expect(try Self.open(directory, fixed: [fixed]).all == [fixed, made])

        let signed = try store.rotate(made.appID, appSign: true, serverSecret: false)
        #expect(signed.appSign != made.appSign && signed.serverSecret == made.serverSecret)
        let both = try store.rotate(made.appID, appSign: true, serverSecret: true)
        #expect(both.appSign != signed.appSign && both.serverSecret != made.serverSecret)
        #expect(store.credentials(made.appID) == both)
        #expect(try Self.open(directory, fixed: [fixed]).all == [fixed, both])

        #expect { try store.rotate(fixed.appID, appSign: true, serverSecret: true) } throws: {
            ($0 as? ZegoError)?.code == .illegalParameter
        }
        #expect { try store.delete(fixed.appID) } throws: { ($0 as? ZegoError)?.code == .illegalParameter }
        try store.delete(made.appID)
        #expect { try store.delete(made.appID) } throws: { ($0 as? ZegoError)?.code == .appIDIncorrect }
        #expect(store.credentials(made.appID) == nil)
        // None is left, and none is made behind the operator's back.
        #expect(try Self.open(directory).all == [])
        #expect(directory.names == ["apps.json"])
    }

    @Test("what cannot be kept does not happen")
    func unwritable() throws {
        let directory = try Directory()
        let store = try Self.open(directory)
        let app = try #require(store.first)
        unlink("\(directory.path)/apps.json")
        mkdir("\(directory.path)/apps.json", 0o700)
        #expect(throws: AppStoreError.self) { try store.create() }
        #expect(throws: AppStoreError.self) { try store.rotate(app.appID, appSign: true, serverSecret: true) }
        #expect(throws: AppStoreError.self) { try store.delete(app.appID) }
        #expect(store.all == [app])
        rmdir("\(directory.path)/apps.json")
    }
}
