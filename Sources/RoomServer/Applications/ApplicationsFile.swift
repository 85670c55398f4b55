import JSONRPC
import RoomModel

/// Why the text of the applications' file is not one; never holds a secret.
struct ApplicationsFileError: Error {
    let reason: String
}

/// The format of the applications' file:
/// `{"version":1,"applications":[{"appID":…,"appSign":"…","serverSecret":"…"}]}`.
enum ApplicationsFile {
    private static let version: Int64 = 1

    static func encode(_ applications: [AppCredentials]) -> [UInt8] {
        let list = applications.map { application -> JSONValue in
            [
                "appID": .integer(Int64(application.appID.rawValue)),
                "appSign": .string(application.appSign.hexadecimal),
                "serverSecret": .string(application.serverSecret.text),
            ]
        }
        let json: JSONValue = ["version": .integer(version), "applications": .array(list)]
        return json.serialized() + [0x0A]
    }

    static func decode(_ bytes: [UInt8]) throws(ApplicationsFileError) -> [AppCredentials] {
        do {
            var reader = try JSONReader(JSONValue(parsing: bytes))
            let version: Int64 = try reader.integer("version")
            guard version == Self.version else {
                throw ApplicationsFileError(reason: "version \(version) is not known to this program")
            }
            var applications: [AppCredentials] = []
            for element in try reader.array("applications") {
                let application = try application(element.value, path: element.path)
                guard !applications.contains(where: { $0.appID == application.appID }) else {
                    throw ApplicationsFileError(reason: "application \(application.appID) stands in it twice")
                }
                applications.append(application)
            }
            try reader.finish()
            return applications
        } catch let error as ApplicationsFileError {
            throw error
        } catch let error as JSONParseError {
            throw ApplicationsFileError(reason: "\(error)")
        } catch let error as JSONShapeError {
            throw ApplicationsFileError(reason: "\(error)")
        } catch let error as ZegoError {
            throw ApplicationsFileError(reason: error.message)
        } catch {
            throw ApplicationsFileError(reason: "it cannot be read")
        }
    }

    private static func application(_ json: JSONValue, path: String) throws -> AppCredentials {
        var reader = try JSONReader(json, path: path)
        let appID = try reader.appID()
        let appSign = try AppSign(hexadecimal: reader.string("appSign"))
        guard let secret = ServerSecret(try reader.string("serverSecret")) else {
            throw ApplicationsFileError(reason: "\(path).serverSecret has not 32 printable characters")
        }
        try reader.finish()
        return AppCredentials(appID: appID, appSign: appSign, serverSecret: secret)
    }
}
