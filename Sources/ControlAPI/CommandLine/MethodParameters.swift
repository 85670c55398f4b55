import Logging

/// The methods as a command line sees them: which socket has them, and what they take.
package enum MethodParameters {
    /// Which socket a method is on.
    package enum Socket: Sendable {
        case control
        case admin
    }

    /// The socket and the parameters of a method; nil when this version knows none of that name.
    package static func find(_ name: String) -> (socket: Socket, parameters: [Parameter])? {
        let logger = Logger(label: "catalogue") { _ in SwiftLogNoOpLogHandler() }
        if let method = Catalogue.control(version: Version.current, logger: logger).method(named: name) {
            return (.control, method.parameters)
        }
        return Catalogue.admin(version: Version.current, logger: logger).method(named: name).map {
            (.admin, $0.parameters)
        }
    }
}
