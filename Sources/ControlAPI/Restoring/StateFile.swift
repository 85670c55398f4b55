import JSONRPC
import RoomServer

/// The file in which the daemon keeps what it takes up again after a restart: `state.json` in the state directory, mode
/// 0600, for tokens and AppSigns of the calls are in it; replaced as a whole or not at all.
///
/// ```
/// {"version":1,"calls":[{"method":"loginRoom","params":{"roomID":"room1","user":{"userID":"user1"}}}, …]}
/// ```
package struct StateFile: Sendable {
    /// The name of the file in the state directory.
    package static let name = "state.json"
    /// The format. A file of another number is not read.
    static let version: Int64 = 1

    package let path: String

    package init(stateDirectory: String) {
        path = stateDirectory + "/" + Self.name
    }

    /// What was read.
    package struct Content: Sendable {
        package var calls = RememberedCalls()
        /// What people should be told: a damaged file that was set aside, calls that this version does not know.
        package var problems: [String] = []
    }

    /// Reads the file; never fails. What cannot be understood as a whole is renamed to
    /// `state.json.damaged-<seconds since 1970>`; single calls that this version refuses are left out.
    ///
    /// - Parameter catalogue: the methods, which say what their calls mean and check the parameters.
    package func read<Context>(catalogue: Catalogue<Context>) -> Content {
        var content = Content()
        do throws(SecretFileError) {
            guard let bytes = try SecretFile.read(path) else { return content }
            do {
                for call in try Self.decode(bytes) {
                    if let problem = Self.take(call, catalogue, &content.calls) {
                        content.problems.append("\(path): \(problem); the call is left out")
                    }
                }
            } catch {
                content.calls = RememberedCalls()
                let aside = try SecretFile.setAside(path)
                content.problems.append(
                    "\(path) is damaged (\(Self.words(error))); it was set aside as \(aside), and nothing is taken up again"
                )
            }
        } catch {
            let aside = try? SecretFile.setAside(path)
            content.problems.append(
                "\(path) \(error.reason); \(aside.map { "it was set aside as \($0), and " } ?? "")nothing is taken up again"
            )
        }
        return content
    }

    /// Writes the file. It is on the disk, whole, when this answers.
    package func write(_ calls: RememberedCalls) throws(SecretFileError) {
        try SecretFile.replace(path, with: Self.encode(calls))
    }

    // MARK: The format

    static func encode(_ calls: RememberedCalls) -> [UInt8] {
        let list = calls.calls.map { call -> JSONValue in
            var object: JSONObject = ["method": .string(call.method), "params": .object(call.params)]
            if let configured = call.configured { object["configured"] = .string(configured) }
            return .object(object)
        }
        let root: JSONObject = ["version": .integer(version), "calls": .array(list)]
        return JSONValue.object(root).serialized() + [0x0A]
    }

    static func decode(_ bytes: [UInt8]) throws -> [RememberedCalls.Call] {
        var root = try JSONReader(JSONValue(parsing: bytes))
        let version: Int64 = try root.integer("version")
        guard version == Self.version else {
            throw JSONShapeError(path: "version", expected: "\(Self.version)", got: "\(version)")
        }
        return try root.array("calls").map { element in
            var reader = try JSONReader(element.value, path: element.path)
            guard case .object(let params) = try reader.value("params", expected: "object") else {
                throw JSONShapeError(path: reader.path(of: "params"), expected: "object", got: "something else")
            }
            return RememberedCalls.Call(
                method: try reader.string("method"), params: params, configured: try reader.optionalString("configured")
            )
        }
    }

    /// Why a call is left out; nil when it was taken.
    private static func take<Context>(
        _ call: RememberedCalls.Call, _ catalogue: Catalogue<Context>, _ calls: inout RememberedCalls
    ) -> String? {
        guard let method = catalogue.method(named: call.method), method.memory != .none else {
            return "\(call.method) is no method whose calls are kept"
        }
        do {
            try Schema.check(call.params, members: method.parameters, path: "")
        } catch {
            // Without the value: it may be a secret.
            return "\(call.method) does not take \(error.path) as it is there"
        }
        calls.note(call, as: method.memory)
        return nil
    }

    /// What is wrong, without what stands in the file: that may be a secret.
    private static func words(_ error: any Error) -> String {
        if let error = error as? JSONShapeError { return "\(error.path): expected \(error.expected)" }
        return "not JSON"
    }
}
