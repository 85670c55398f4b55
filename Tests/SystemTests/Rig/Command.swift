import FoundationEssentials

/// A program that runs to its end: its exit status and what it wrote.
struct Command {
    let status: Int32
    let output: String
    let errors: String

    /// Runs it; throws when it has not ended after `seconds`.
    static func run(
        _ arguments: [String], input: String? = nil, environment: [String: String] = [:], directory: String? = nil,
        upTo seconds: Double = 60
    ) throws -> Command {
        let place = try TemporaryDirectory()
        if let input { try Files.write(input, to: place.file("in")) }
        let process = try ChildProcess(
            arguments, input: input == nil ? nil : place.file("in"), output: place.file("out"),
            errors: place.file("err"),
            environment: environment)
        let status = try process.wait(upTo: seconds)
        return Command(
            status: status, output: try Files.text(place.file("out")), errors: try Files.text(place.file("err")))
    }

    /// Runs it and demands that it ends with 0.
    @discardableResult
    static func demand(
        _ arguments: [String], input: String? = nil, environment: [String: String] = [:], directory: String? = nil,
        upTo seconds: Double = 60
    ) throws -> String {
        let command = try run(arguments, input: input, environment: environment, upTo: seconds)
        guard command.status == 0 else {
            throw WaitedInVain(
                description:
                    "\(arguments.joined(separator: " ")) ended with \(command.status): \(command.errors)\(command.output)"
            )
        }
        return command.output
    }
}
