import FoundationEssentials

/// The built programs, found beside the test bundle, and the folders of the repository.
enum Programs {
    static let repository: String = {
        var path = #filePath.split(separator: "/")
        path.removeLast(4)
        return "/" + path.joined(separator: "/")
    }()

    static let directory: String = {
        if let given = ProcessInfo.processInfo.environment["ZEGO_RIG_PROGRAMS"] { return given }
        let bundle = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return bundle.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" }
    }()

    static var zegod: String { "\(directory)/zegod" }
    static var zegoctl: String { "\(directory)/zegoctl" }
    static var zegoRoomd: String { "\(directory)/zego-roomd" }

    /// The Python that holds the judges of sound; contrib/test makes it.
    static var python: String {
        ProcessInfo.processInfo.environment["ZEGO_RIG_PYTHON"] ?? "\(repository)/.build/rig-venv/bin/python"
    }

    static var voice: String { "\(repository)/contrib/media/voice.wav" }
    static var tools: String { "\(repository)/Tests/SystemTests/Rig/tools" }
}
