import RoomModel
import Transport
import Synchronization

/// The applications of a room server: those of the configuration, and those of a file in the state directory (mode
/// 0600, replaced as a whole). The first start makes one application, so that a server works out of the box.
package final class AppStore: Sendable {
    /// The name of the file in the state directory.
    package static let fileName = "apps.json"

    /// The file's path.
    package let path: String
    /// What people should be told about the start: a first application made, a damaged file set aside.
    package let notices: [String]

    private let stateDirectory: String
    private let fixed: [AppCredentials]
    private let stored: Mutex<[AppCredentials]>
    /// Held while the file is written, so that two changes do not undo each other; readers do not wait for it.
    private let writing = Mutex(())

    /// Reads the file, or makes it with one new application when there is none and the configuration has none either.
    ///
    /// A file that cannot be understood is renamed to `apps.json.damaged-<seconds since 1970>` (never overwritten) and
    /// told in ``notices``; the start goes on as if there were no file.
    /// - Throws: ``AppStoreError`` when the file can be read by others, or cannot be read, renamed or written.
    package init(
        stateDirectory: String, fixed: [AppCredentials] = [], random: inout RandomSource
    ) throws(AppStoreError) {
        path = stateDirectory + "/" + Self.fileName
        self.stateDirectory = stateDirectory
        self.fixed = fixed
        var notices: [String] = []
        var applications: [AppCredentials]?
        do throws(SecretFileError) {
            if let bytes = try SecretFile.read(path) {
                do throws(ApplicationsFileError) {
                    applications = try ApplicationsFile.decode(bytes)
                } catch {
                    let aside = try SecretFile.setAside(path)
                    notices.append(
                        """
                        the file of the applications, \(path), is damaged (\(error.reason)); it was set aside as \
                        \(aside) and is not used: applications in it are unknown until it is repaired and put back
                        """)
                }
            }
            if applications == nil, fixed.isEmpty {
                let first = try Self.makeApplication(random: &random)
                try SecretFile.makeDirectory(stateDirectory)
                try SecretFile.replace(path, with: ApplicationsFile.encode([first]))
                notices.append("made application \(first.appID); zegoctl app show prints its AppSign")
                applications = [first]
            }
        } catch {
            throw AppStoreError(path: path, reason: error.reason)
        }
        let all = applications ?? []
        if let twice = all.first(where: { stored in fixed.contains { $0.appID == stored.appID } }) {
            notices.append(
                "application \(twice.appID) is in the configuration and in \(path): the configuration counts")
        }
        self.notices = notices
        stored = Mutex(all.filter { stored in !fixed.contains { $0.appID == stored.appID } })
    }

    /// All applications: those of the configuration first, then those of the file, each in their order.
    package var all: [AppCredentials] { fixed + stored.withLock { $0 } }

    /// The application that the local engine uses when it is told none.
    package var first: AppCredentials? { fixed.first ?? stored.withLock { $0.first } }

    /// The application with this number.
    package func credentials(_ appID: AppID) -> AppCredentials? {
        all.first { $0.appID == appID }
    }

    /// Whether the application comes from the configuration (and cannot be changed at run time).
    package func isFixed(_ appID: AppID) -> Bool {
        fixed.contains { $0.appID == appID }
    }

    // MARK: Changes

    /// Makes an application with random keys. Throws ``AppStoreError`` when it cannot be kept.
    package func create() throws -> AppCredentials {
        var random = RandomSource.system
        return try change { applications in
            while true {
                let application = try AppCredentials(random: &random)
                guard credentials(application.appID) == nil else { continue }
                applications.append(application)
                return application
            }
        }
    }

    /// Takes an application away: nobody can log in with it any more. Throws 1001004 when there is none, 1000017 when the
    /// configuration fixes it, ``AppStoreError`` when the file cannot be written.
    package func delete(_ appID: AppID) throws {
        _ = try change { applications in
            applications.remove(at: try index(of: appID, in: applications))
        }
    }

    /// Gives an application new keys; the old ones are good for nothing from then on. Fails as ``delete(_:)``.
    package func rotate(_ appID: AppID, appSign: Bool, serverSecret: Bool) throws -> AppCredentials {
        var random = RandomSource.system
        return try change { applications in
            let index = try index(of: appID, in: applications)
            let old = applications[index]
            applications[index] = AppCredentials(
                appID: appID, appSign: appSign ? AppSign(random: &random) : old.appSign,
                serverSecret: serverSecret ? ServerSecret(random: &random) : old.serverSecret)
            return applications[index]
        }
    }

    private func index(of appID: AppID, in applications: [AppCredentials]) throws(ZegoError) -> Int {
        guard !isFixed(appID) else {
            throw ZegoError(
                .illegalParameter, detail: "application \(appID) stands in the configuration; change it there")
        }
        guard let index = applications.firstIndex(where: { $0.appID == appID }) else {
            throw ZegoError(.appIDIncorrect, detail: "this room server has no application \(appID)")
        }
        return index
    }

    /// The file first: what cannot be kept does not happen.
    private func change<Value>(_ body: (inout [AppCredentials]) throws -> Value) throws -> Value {
        try writing.withLock { _ in
            var applications = stored.withLock { $0 }
            let value = try body(&applications)
            do throws(SecretFileError) {
                try SecretFile.makeDirectory(stateDirectory)
                try SecretFile.replace(path, with: ApplicationsFile.encode(applications))
            } catch {
                throw AppStoreError(path: path, reason: error.reason)
            }
            stored.withLock { [applications] in $0 = applications }
            return value
        }
    }

    private static func makeApplication(random: inout RandomSource) throws(SecretFileError) -> AppCredentials {
        do {
            return try AppCredentials(random: &random)
        } catch {
            throw SecretFileError(reason: error.message)
        }
    }
}
