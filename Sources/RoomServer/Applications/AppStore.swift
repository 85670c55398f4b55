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

    private let fixed: [AppCredentials]
    private let stored: Mutex<[AppCredentials]>

    /// Reads the file, or makes it with one new application when there is none and the configuration has none either.
    ///
    /// A file that cannot be understood is renamed to `apps.json.damaged-<seconds since 1970>` (never overwritten) and
    /// told in ``notices``; the start goes on as if there were no file.
    /// - Throws: ``AppStoreError`` when the file can be read by others, or cannot be read, renamed or written.
    package init(
        stateDirectory: String, fixed: [AppCredentials] = [], random: inout RandomSource
    ) throws(AppStoreError) {
        path = stateDirectory + "/" + Self.fileName
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

    private static func makeApplication(random: inout RandomSource) throws(SecretFileError) -> AppCredentials {
        do {
            return try AppCredentials(random: &random)
        } catch {
            throw SecretFileError(reason: error.message)
        }
    }
}
