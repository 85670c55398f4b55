import ArgumentParser
import ControlAPI
import JSONRPC

/// zegoctl(1), made from what the program says of itself.
enum ProgramManual {
    /// The page.
    static func page() throws -> String {
        let root = try JSONValue(parsing: ZegoctlCommand._dumpHelp())["command"] ?? [:]
        var page = ManualPage(
            name: "zegoctl", section: 1, version: Version.current, summary: "controls the voice engine zegod")
        page.heading("SYNOPSIS")
        page.paragraph("zegoctl [--socket PATH] [--json] [--timeout SECONDS] COMMAND ...")
        page.heading("DESCRIPTION")
        page.paragraph(
            "Makes calls on the sockets of zegod(8) and shows what comes of them. Commands that concern the room server (app, "
                + "token, rooms, users, streams) use admin.sock beside the control socket and are for root and the daemon's user."
        )
        page.heading("OPTIONS")
        addArguments(of: root, &page)
        page.heading("COMMANDS")
        for command in root["subcommands"]?.array ?? [] where command["shouldDisplay"] != false {
            add(command, prefix: "", &page)
        }
        page.heading("EXIT STATUS")
        for (code, meaning) in exitCodes { page.item("\(code)", meaning) }
        page.heading("ENVIRONMENT")
        page.item("ZEGOD_SOCKET", "the control socket, when --socket does not name it")
        page.item("XDG_RUNTIME_DIR", "where the socket of the user's own daemon is looked for (zegod/control.sock)")
        page.heading("FILES")
        page.item("/run/zegod/control.sock, events.sock, admin.sock", "the sockets of the system's daemon")
        page.heading("SEE ALSO")
        page.paragraph("zegod(8), zegod-rpc(7), zegod.toml(5), zego-roomd(8)")
        return page.text
    }

    private static let exitCodes = [
        (0, "done"), (1, "the call failed; standard error has the name and a hint"), (64, "wrong usage"),
        (69, "the daemon cannot be reached"), (75, "it took too long"), (77, "not permitted"),
    ]

    private static func add(_ command: JSONValue, prefix: String, _ page: inout ManualPage) {
        let name = prefix + (command["commandName"]?.string ?? "")
        let children = (command["subcommands"]?.array ?? []).filter { $0["shouldDisplay"] != false }
        guard children.isEmpty else {
            for child in children { add(child, prefix: name + " ", &page) }
            return
        }
        let operands = (command["arguments"]?.array ?? []).filter { $0["kind"] == "positional" }.map { argument in
            let value = (argument["valueName"]?.string ?? "").uppercased()
            return argument["isOptional"] == true ? "[\(value)]" : value
        }
        page.subheading(([name] + operands).joined(separator: " "))
        if let abstract = command["abstract"]?.string { page.paragraph(abstract) }
        if let discussion = command["discussion"]?.string { page.paragraph(discussion) }
        addArguments(of: command, &page)
    }

    /// Without the options that every command has: those stand at the head of the page.
    private static func addArguments(of command: JSONValue, _ page: inout ManualPage) {
        let isRoot = command["superCommands"] == nil
        for argument in command["arguments"]?.array ?? [] where argument["shouldDisplay"] != false {
            let names = (argument["names"]?.array ?? []).compactMap { name -> String? in
                guard let text = name["name"]?.string else { return nil }
                return name["kind"] == "long" ? "--\(text)" : "-\(text)"
            }
            let common = ["--socket", "--json", "--timeout", "--help", "--version"]
            guard isRoot || !names.contains(where: common.contains) else { continue }
            var term =
                names.isEmpty ? (argument["valueName"]?.string ?? "").uppercased() : names.joined(separator: ", ")
            if argument["kind"] == "option" { term += " \((argument["valueName"]?.string ?? "").uppercased())" }
            var text = argument["abstract"]?.string ?? ""
            if let value = argument["defaultValue"]?.string { text += " Default: \(value)." }
            page.item(term, text)
        }
    }
}
