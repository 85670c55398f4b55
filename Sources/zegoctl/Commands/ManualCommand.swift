import ArgumentParser
import ControlAPI

/// `zegoctl manual`: how the package comes to the manual pages that are made from the program.
struct ManualCommand: ParsableCommand {
    enum Page: String, ExpressibleByArgument, CaseIterable {
        case rpc = "zegod-rpc.7"
        case zegoctl = "zegoctl.1"
    }

    static let configuration = CommandConfiguration(
        commandName: "manual", abstract: "Prints a manual page, in man(7)'s language.", shouldDisplay: false)

    @Argument(help: "The page.")
    var page: Page

    func run() throws {
        switch page {
        case .rpc: Caller.print(CatalogueManual.page())
        case .zegoctl: Caller.print(try ProgramManual.page())
        }
    }
}
