/// The peer on pion (`tools/pion_peer`), compiled once into the build directory.
enum PionPeer {
    static func build() throws -> String {
        let directory = "\(Programs.repository)/.build/pion"
        let program = "\(directory)/pion_peer"
        // Go looks itself whether anything has changed.
        try Command.demand(
            ["go", "build", "-o", program, "\(Programs.tools)/pion_peer/main.go"],
            environment: [
                "GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOCACHE": "\(directory)/cache", "GOFLAGS": "",
            ], upTo: 240)
        return program
    }
}
