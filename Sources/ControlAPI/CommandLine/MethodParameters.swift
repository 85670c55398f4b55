import Logging

/// The methods as a command line sees them: which socket has them, what they take, and what there is to say of them.
package enum MethodParameters {
    /// Which socket a method is on.
    package enum Socket: Sendable {
        case control
        case admin
    }

    private static let logger = Logger(label: "catalogue") { _ in SwiftLogNoOpLogHandler() }
    private static let control = Catalogue.control(version: Version.current, logger: logger)
    private static let admin = Catalogue.admin(version: Version.current, logger: logger)

    /// The names of all methods, those of the control socket first.
    package static let names =
        control.methods.map(\.name) + admin.methods.map(\.name).filter { control.method(named: $0) == nil }

    /// The socket and the parameters of a method; nil when this version knows none of that name.
    package static func find(_ name: String) -> (socket: Socket, parameters: [Parameter])? {
        if let method = control.method(named: name) { return (.control, method.parameters) }
        return admin.method(named: name).map { (.admin, $0.parameters) }
    }

    /// What there is to say of a method; nil when this version knows none of that name.
    package static func help(_ name: String) -> String? {
        control.method(named: name)?.helpText ?? admin.method(named: name)?.helpText
    }

    /// The name that was probably meant.
    package static func suggestion(for name: String) -> String? { Suggestion.nearest(to: name, among: names) }

    /// The parameters of a method as the command line takes them, for completion: `roomID=`, `user.userID=`.
    package static func keys(of name: String) -> [String] {
        guard let (_, parameters) = find(name) else { return [] }
        func keys(_ parameter: Parameter, _ path: String) -> [String] {
            let place = path.isEmpty ? parameter.name : "\(path).\(parameter.name)"
            let members = parameter.schema.members
            return (members.isEmpty ? ["\(place)="] : []) + members.flatMap { keys($0, place) }
        }
        return parameters.flatMap { keys($0, "") }
    }
}
