import Logging

/// zegod-rpc(7): the control API as a manual page, made from the catalogues.
package enum CatalogueManual {
    /// The page.
    package static func page(version: String = Version.current) -> String {
        let logger = Logger(label: "catalogue") { _ in SwiftLogNoOpLogHandler() }
        var page = ManualPage(
            name: "zegod-rpc", section: 7, version: version, summary: "methods and events of zegod's sockets")
        page.heading("DESCRIPTION")
        page.paragraph(
            "zegod and zego-roomd are driven by JSON-RPC 2.0 over Unix sockets: one JSON value a line, one line back for each "
                + "request. params is an object. Results carry seq, the number of the last event that the call caused.")
        page.item(
            "/run/zegod/control.sock",
            "the methods below, for members of group zegod; answers and, after subscribe, events")
        page.item(
            "/run/zegod/events.sock", "for members of group zegod-events: a snapshot line, then every event as a line")
        page.item(
            "/run/zegod/admin.sock",
            "the console of the embedded room server, for root and the daemon's user; "
                + "/run/zego-roomd/admin.sock of a server that runs alone")
        page.example(
            """
            echo '{"jsonrpc":"2.0","id":1,"method":"status"}' |
                socat -t30 - UNIX-CONNECT:/run/zegod/control.sock
            socat -u UNIX-CONNECT:/run/zegod/events.sock -
            """)
        page.paragraph("zegoctl call METHOD makes a call; zegoctl help METHOD shows one entry of this page.")
        add(Catalogue.control(version: version, logger: logger), "METHODS", &page)
        add(Catalogue.admin(version: version, logger: logger), "METHODS OF THE ADMIN SOCKET", &page)
        page.heading("EVENTS")
        page.paragraph(
            "Every event has seq, instance, time and event. Volatile ones are the latest value of something, take no number "
                + "and are never replayed.")
        for event in EventDescription.all {
            let fields = event.fields.isEmpty ? "" : " Fields: \(event.fields.joined(separator: ", "))."
            page.item(event.name, "\(event.summary)\(event.isVolatile ? " (volatile)" : "").\(fields)")
        }
        page.heading("ERRORS")
        page.paragraph(
            "data.name is stable, message and data.hint are for people. Failures of the engine carry the SDK's number as code."
        )
        for error in ErrorDescription.standard { page.item("\(error.code)", "\(error.name): \(error.meaning)") }
        page.heading("SEE ALSO")
        page.paragraph("zegod(8), zegoctl(1), zego-roomd(8), zegod.toml(5), socat(1)")
        return page.text
    }

    private static func add<Context>(_ catalogue: Catalogue<Context>, _ title: String, _ page: inout ManualPage) {
        page.heading(title)
        for method in catalogue.methods {
            page.subheading(method.name)
            page.paragraph(method.summary)
            if !method.aliases.isEmpty { page.paragraph("Also called \(method.aliases.joined(separator: ", ")).") }
            for row in method.parameters.flatMap({ $0.rows(path: "") }) { page.item(row.term, row.text) }
            if !method.result.isEmpty {
                page.paragraph("Result:")
                for row in method.result.flatMap({ $0.rows(path: "") }) { page.item(row.term, row.text) }
            }
            for error in method.errors { page.item("\(error.code)", "\(error.name): \(error.meaning)") }
            page.example(method.example)
        }
    }
}
