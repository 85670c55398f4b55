import ArgumentParser

/// Measures parts of the appliance on the machine at hand.
@main
struct ZegoBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "zego-bench", abstract: "Measure parts of zegod on this machine.",
        subcommands: [
            QualityCommand.self, FrontierCommand.self, LatencyCommand.self, CPUCommand.self, ForwardCommand.self,
        ])
}
